import { useSearchParams } from 'react-router';
import { portalApi, type PortalAccount, type PortalComment, type PortalMilestone, type PortalMilestoneList, type PortalInvoice, type PortalInvoiceList, type PortalOverview, type PortalPay, type PortalPayable, type PortalPayPage, type PortalProject, type PortalProjectList, type PortalRetainer, type PortalRetainerList, type PortalStatement } from '../../shared/api/gen/portal.gen';
import { infinite } from '../../shared/api/infinite';

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
    payableAs: build.query<PortalPayable, As & { id: string }>({ query: ({ as, id }) => call(`/invoices/${one(id)}/payable`, as), providesTags: ['portal'] }),
    payInvoice: build.mutation<PortalPayPage, { id: string; body: PortalPay }>({ query: ({ id, body }) => ({ url: `/api/v1/portal/invoices/${one(id)}/pay`, method: 'POST', body }), invalidatesTags: ['portal'] }),
    retainersAs: build.query<PortalRetainerList, As>({ query: ({ as }) => call('/retainers', as), providesTags: ['portal'] }),
    retainerAs: build.query<PortalRetainer, As & { id: string }>({ query: ({ as, id }) => call(`/retainers/${one(id)}`, as), providesTags: ['portal'] }),
    statementAs: build.infiniteQuery<PortalStatement, As & { id: string }, string>({
      ...infinite(''),
      query: ({ queryArg: { as, id }, pageParam }) => ({ url: `/api/v1/portal/retainer-periods/${one(id)}`, params: { limit: 100, ...(as ? { preview: as } : {}), ...(pageParam ? { cursor: pageParam } : {}) } }),
      providesTags: ['portal'],
    }),
    accountAs: build.query<PortalAccount, As & { from: string; to: string }>({
      query: ({ as, from, to }) => ({ url: '/api/v1/portal/account', params: { ...(from && { from }), ...(to && { to }), ...(as && { preview: as }) } }), providesTags: ['portal'],
    }),
    milestonesAs: build.query<PortalMilestoneList, As>({ query: ({ as }) => call('/milestones', as), providesTags: ['portal'] }),
    acceptMilestone: build.mutation<PortalMilestone, { id: string; version: number }>({ query: ({ id, version }) => ({ url: `/api/v1/portal/milestones/${one(id)}/accept`, method: 'POST', body: { version } }), invalidatesTags: ['portal'] }),
    askChanges: build.mutation<PortalMilestone, { id: string; text: string; version: number }>({ query: ({ id, ...body }) => ({ url: `/api/v1/portal/milestones/${one(id)}/changes`, method: 'POST', body }), invalidatesTags: ['portal'] }),
    replyOn: build.mutation<PortalComment, { task: string; body: string }>({
      query: ({ task, body }) => ({ url: `/api/v1/portal/tasks/${one(task)}/comments`, method: 'POST', body: { body } }),
      invalidatesTags: ['portal'],
    }),
  }),
});

export const { useAccountAsQuery, useMilestonesAsQuery, useAcceptMilestoneMutation, useAskChangesMutation, useOverviewAsQuery, useProjectsAsQuery, useProjectAsQuery, useInvoicesAsQuery, useInvoiceAsQuery, usePayableAsQuery, usePayInvoiceMutation, useRetainersAsQuery, useRetainerAsQuery, useStatementAsInfiniteQuery, useReplyOnMutation } = asContact;

/** The contact as whom a member looks, and how links keep it. */
export function useAs() {
  const as = useSearchParams()[0].get('as') ?? '';
  const seen = as ? `preview=${one(as)}` : '';
  return {
    as,
    to: (path: string) => (as ? `${path}?as=${one(as)}` : path),
    pdf: (id: string) => `/api/v1/portal/invoices/${one(id)}/pdf${seen && `?${seen}`}`,
    file: (id: string, format: string) => `/api/v1/portal/invoices/${one(id)}/file?format=${one(format)}${seen && `&${seen}`}`,
    statementPdf: (id: string) => `/api/v1/portal/retainer-periods/${one(id)}/pdf${seen && `?${seen}`}`,
  };
}
