import { api } from '../api/baseApi';
import { boot } from './boot';

/** Who is signed in here, and what they may do. */
export type Me = {
  kind: 'staff' | 'contact' | 'token' | 'support';
  member_id: string;
  contact_id?: string;
  client_id?: string;
  name: string;
  email: string;
  role: string;
  permissions: string[];
  /** Mails to the address do not arrive. */
  mail_fails?: { since: string; why: string } | undefined;
  /** A look through a contact's eyes; nothing can be changed in it. */
  read_only?: boolean;
  /** What the agency's plan allows; missing where it could not be asked. */
  access?: Access;
  /** An operator of the platform looks into the agency, for a while. */
  support?: { operator: string; reason: string; expires_at: string };
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

export type Access = {
  level: 'full' | 'grace' | 'read_only' | 'suspended' | 'closed' | 'setup';
  plan: string;
  max_seats: number | null;
  features: string[];
  reasons: string[];
  until: string | null;
};

// As the server answers; see the operations me-get and settings-get.
type Answer = Pick<Me, 'kind' | 'role' | 'permissions' | 'read_only'> & { support?: Me['support'] | null } & {
  member: { id: string; name: string; email: string; contact_id: string | null; client_id: string | null; mail_failed_at?: string | null; mail_failure?: string };
  agency: { name: string; slug: string };
};
type Settings = Omit<Me['agency'], 'slug'> & { slug: string };

export const meApi = api.enhanceEndpoints({ addTagTypes: ['me', 'settings', 'billing'] }).injectEndpoints({
  endpoints: (build) => ({
    me: build.query<Me, void>({
      async queryFn(_arg, _api, _extra, get) {
        const who = await get('/api/v1/me');
        if (who.error) return { error: who.error };
        const a = who.data as Answer;
        const looks = { ...unset, name: boot.agency.name || a.agency.name, locale: boot.agency.locale, brand_colour: boot.agency.colour, logo_url: boot.agency.logo_url || null };
        const me: Me = {
          kind: a.kind, role: a.role, permissions: a.permissions, read_only: a.read_only, support: a.support ?? undefined,
          member_id: a.member.id, name: a.member.name, email: a.member.email, contact_id: a.member.contact_id ?? undefined, client_id: a.member.client_id ?? undefined,
          mail_fails: a.member.mail_failed_at ? { since: a.member.mail_failed_at, why: a.member.mail_failure ?? '' } : undefined,
          agency: { ...looks, slug: a.agency.slug },
        };
        if (!allows(me, 'agency.settings.read')) return { data: me };
        const [settings, access] = await Promise.all([get('/api/v1/settings'), get('/api/v1/billing/status')]);
        return settings.error ? { error: settings.error } : { data: { ...me, agency: settings.data as Settings, access: access.error ? undefined : (access.data as Access) } };
      },
      providesTags: ['me', 'settings', 'billing'],
      keepUnusedDataFor: 3600,
    }),
  }),
});

const unset = { time_zone: '', week_start: 'monday', currency: 'EUR' };
const allows = (me: Me | undefined, permission: string) => me?.permissions.includes('*') === true || me?.permissions.includes(permission) === true;

/** Whoever is signed in; undefined until known. The shell waits for it, so pages have it. */
export const useMe = (): Me | undefined => meApi.endpoints.me.useQuery().data;

/** Whether the agency may be looked at. One that owes for long has its bill, its data and its people's own accounts, and nothing else. */
export const mayRead = (me: Me | undefined): boolean => !me?.access || ['full', 'grace', 'read_only'].includes(me.access.level);

/** can('invoicing.invoices.write'): whether to show what leads there. The server decides. */
export function useCan(): (permission: string) => boolean {
  const me = useMe();
  return (p) => allows(me, p);
}
