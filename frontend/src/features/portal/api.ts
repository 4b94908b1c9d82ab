import { useSearchParams } from 'react-router';
import { portalApi, type PortalComment, type PortalInvoice, type PortalInvoiceList, type PortalOverview, type PortalProject, type PortalProjectList } from '../../shared/api/gen/portal.gen';

type As = { as: string };
const call = (path: string, as: string) => ({ url: `/api/v1/portal${path}`, params: as ? { preview: as } : undefined });
const one = encodeURIComponent;

// Like the generated calls, and each may be made through a contact's eyes.
const asContact = portalApi.injectEndpoints({
  endpoints: (build) => ({
    overviewAs: build.query<PortalOverview, As>({ query: ({ as }) => call('/overview', as), providesTags: ['portal'] }),
    projectsAs: build.query<PortalProjectList, As>({ query: ({ as }) => call('/projects', as), providesTags: ['portal'] }),
    projectAs: build.query<PortalProject, As & { id: string }>({ query: ({ as, id }) => call(`/projects/${one(id)}`, as), providesTags: ['portal'] }),
    invoicesAs: build.query<PortalInvoiceList, As>({ query: ({ as }) => call('/invoices', as), providesTags: ['portal'] }),
    invoiceAs: build.query<PortalInvoice, As & { id: string }>({ query: ({ as, id }) => call(`/invoices/${one(id)}`, as), providesTags: ['portal'] }),
    replyOn: build.mutation<PortalComment, { task: string; body: string }>({
      query: ({ task, body }) => ({ url: `/api/v1/portal/tasks/${one(task)}/comments`, method: 'POST', body: { body } }),
      invalidatesTags: ['portal'],
    }),
  }),
});

export const { useOverviewAsQuery, useProjectsAsQuery, useProjectAsQuery, useInvoicesAsQuery, useInvoiceAsQuery, useReplyOnMutation } = asContact;

/** The contact as whom a member looks, and how links keep it. */
export function useAs() {
  const as = useSearchParams()[0].get('as') ?? '';
  return { as, to: (path: string) => (as ? `${path}?as=${one(as)}` : path), pdf: (id: string) => `/api/v1/portal/invoices/${one(id)}/pdf${as ? `?preview=${one(as)}` : ''}` };
}
