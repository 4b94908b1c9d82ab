import { api } from '../api/baseApi';

/** Who is signed in here, and what they may do. */
export type Me = {
  kind: 'staff' | 'contact' | 'token';
  member_id: string;
  contact_id?: string;
  client_id?: string;
  name: string;
  email: string;
  role: string;
  permissions: string[];
  /** A look through a contact's eyes; nothing can be changed in it. */
  read_only?: boolean;
  agency: {
    name: string;
    slug: string;
    time_zone: string;
    week_start: string;
    currency: string;
    locale: string;
    brand_colour: string;
    logo_url: string | null;
    portal_shows_hours?: boolean;
  };
};

export const meApi = api.enhanceEndpoints({ addTagTypes: ['me'] }).injectEndpoints({
  endpoints: (build) => ({
    me: build.query<Me, void>({ query: () => '/api/v1/me', providesTags: ['me'], keepUnusedDataFor: 3600 }),
  }),
});

/** Whoever is signed in; undefined until known. The shell waits for it, so pages have it. */
export const useMe = (): Me | undefined => meApi.endpoints.me.useQuery().data;

/** can('invoicing.invoices.write'): whether to show what leads there. The server decides. */
export function useCan(): (permission: string) => boolean {
  const me = useMe();
  return (p) => me?.permissions.includes('*') === true || me?.permissions.includes(p) === true;
}
