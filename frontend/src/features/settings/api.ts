import { api } from '../../shared/api/baseApi';
import { meApi } from '../../shared/lib/me';

export type Settings = {
  name: string;
  slug: string;
  legal_name: string;
  time_zone: string;
  week_start: string;
  currency: string;
  locale: string;
  brand_colour: string;
  logo_url: string | null;
  portal_shows_hours: boolean;
  version: number;
};
export type SettingsChange = Partial<Omit<Settings, 'slug' | 'logo_url' | 'version'>>;

export type Member = {
  id: string;
  name: string;
  email: string;
  kind: 'staff' | 'contact';
  role: string;
  state: 'active' | 'deactivated';
  created_at: string;
  last_seen_at: string | null;
  /** Since when mails to the address fail, and what the mail server answered last. Who does not manage members reads nothing of it. */
  mail_failed_at?: string | null;
  mail_failure?: string;
  version: number;
};
export type Invitation = {
  id: string;
  email: string;
  kind: string;
  role: string;
  state: 'open' | 'accepted' | 'revoked' | 'expired';
  created_at: string;
  expires_at: string;
  sent_at: string | null;
  failed_at: string | null;
  failure: string;
  version: number;
};
export type Position = { id: string; name: string; archived: boolean; version: number };
export type Session = { id: string; current: boolean; created_at: string; last_seen_at: string; expires_at: string; ip: string; user_agent: string; aal: string };
export type Token = { id: string; name: string; scopes: string[]; member_id: string; created_at: string; expires_at: string | null; last_used_at: string | null; hint: string };
export type DataExport = {
  id: string;
  state: 'queued' | 'running' | 'ready' | 'failed' | 'expired';
  encrypted: boolean;
  asked_at: string;
  asked_by: string;
  progress: number;
  finished_at: string | null;
  expires_at: string | null;
  size: number;
  rows: number;
  files: number;
};

export type SupportAccess = { id: string; operator: string; reason: string; created_at: string; expires_at: string; ended_by: string; open: boolean };

type List<T> = { items: T[]; next: string | null };
const ifMatch = (version: number) => ({ 'If-Match': `"${version}"` });
const one = (id: string) => encodeURIComponent(id);

export const settingsApi = api
  .enhanceEndpoints({ addTagTypes: ['settings', 'member', 'invitation', 'position', 'session', 'token', 'exports', 'support'] })
  .injectEndpoints({
    endpoints: (build) => ({
      agencySettings: build.query<Settings, void>({ query: () => '/api/v1/settings', providesTags: ['settings'] }),
      changeAgencySettings: build.mutation<Settings, { version: number; body: SettingsChange }>({
        query: ({ version, body }) => ({ url: '/api/v1/settings', method: 'PATCH', headers: ifMatch(version), body }),
        invalidatesTags: ['settings', 'me' as never],
      }),
      setLogo: build.mutation<Settings, File>({
        query: (file) => ({ url: '/api/v1/settings/logo', method: 'POST', body: { file } }),
        invalidatesTags: ['settings', 'me' as never],
      }),
      removeLogo: build.mutation<Settings, void>({
        query: () => ({ url: '/api/v1/settings/logo', method: 'DELETE' }),
        invalidatesTags: ['settings', 'me' as never],
      }),

      settingsMembers: build.infiniteQuery<List<Member>, { q: string; role: string; state: string }, string | null>({
        infiniteQueryOptions: { initialPageParam: null, getNextPageParam: (last) => last.next ?? undefined },
        query: ({ queryArg, pageParam }) => ({
          url: '/api/v1/members',
          params: { kind: 'staff', q: queryArg.q || undefined, role: queryArg.role || undefined, state: queryArg.state || undefined, cursor: pageParam ?? undefined },
        }),
        providesTags: ['member'],
      }),
      changeMemberRole: build.mutation<Member, { id: string; version: number; role: string }>({
        query: ({ id, version, role }) => ({ url: `/api/v1/members/${one(id)}`, method: 'PATCH', headers: ifMatch(version), body: { role } }),
        invalidatesTags: ['member'],
      }),
      deactivateMember: build.mutation<Member, string>({
        query: (id) => ({ url: `/api/v1/members/${one(id)}/deactivate`, method: 'POST' }),
        invalidatesTags: ['member'],
      }),
      reactivateMember: build.mutation<Member, string>({
        query: (id) => ({ url: `/api/v1/members/${one(id)}/reactivate`, method: 'POST' }),
        invalidatesTags: ['member'],
      }),

      settingsInvitations: build.infiniteQuery<List<Invitation>, { state: string }, string | null>({
        infiniteQueryOptions: { initialPageParam: null, getNextPageParam: (last) => last.next ?? undefined },
        query: ({ queryArg, pageParam }) => ({ url: '/api/v1/invitations', params: { state: queryArg.state || undefined, cursor: pageParam ?? undefined } }),
        providesTags: ['invitation'],
      }),
      invite: build.mutation<Invitation, { email: string; role: string }>({
        query: (body) => ({ url: '/api/v1/invitations', method: 'POST', body }),
        invalidatesTags: ['invitation'],
      }),
      resendInvitation: build.mutation<Invitation, string>({
        query: (id) => ({ url: `/api/v1/invitations/${one(id)}/resend`, method: 'POST' }),
        invalidatesTags: ['invitation'],
      }),
      revokeInvitation: build.mutation<Invitation, string>({
        query: (id) => ({ url: `/api/v1/invitations/${one(id)}/revoke`, method: 'POST' }),
        invalidatesTags: ['invitation'],
      }),

      settingsPositions: build.query<List<Position>, { archived: boolean }>({
        query: ({ archived }) => ({ url: '/api/v1/positions', params: archived ? { archived } : undefined }),
        providesTags: ['position'],
      }),
      addPosition: build.mutation<Position, { name: string }>({
        query: (body) => ({ url: '/api/v1/positions', method: 'POST', body }),
        invalidatesTags: ['position'],
      }),
      changePosition: build.mutation<Position, { id: string; version: number; name?: string; archived?: boolean }>({
        query: ({ id, version, ...body }) => ({ url: `/api/v1/positions/${one(id)}`, method: 'PATCH', headers: ifMatch(version), body }),
        invalidatesTags: ['position'],
      }),

      changeMyName: build.mutation<unknown, { name: string }>({
        query: (body) => ({ url: '/api/v1/me', method: 'PATCH', body }),
        invalidatesTags: ['member', 'me' as never],
      }),
      leaveAgency: build.mutation<null, void>({ query: () => ({ url: '/api/v1/me/leave', method: 'POST' }) }),
      mySessions: build.query<List<Session>, void>({ query: () => '/api/v1/sessions', providesTags: ['session'] }),
      endSession: build.mutation<null, string>({
        query: (id) => ({ url: `/api/v1/sessions/${one(id)}`, method: 'DELETE' }),
        invalidatesTags: ['session'],
      }),
      endOtherSessions: build.mutation<null, void>({
        query: () => ({ url: '/api/v1/sessions', method: 'DELETE' }),
        invalidatesTags: ['session'],
      }),

      dataExports: build.infiniteQuery<List<DataExport>, void, string | null>({
        infiniteQueryOptions: { initialPageParam: null, getNextPageParam: (last) => last.next ?? undefined },
        query: ({ pageParam }) => ({ url: '/api/v1/exports', params: pageParam ? { cursor: pageParam } : undefined }),
        providesTags: ['exports'],
      }),
      startExport: build.mutation<DataExport, { recipient?: string }>({
        query: (body) => ({ url: '/api/v1/exports', method: 'POST', body }),
        invalidatesTags: ['exports'],
      }),
      exportLink: build.mutation<{ url: string; expires_at: string }, string>({
        query: (id) => ({ url: `/api/v1/exports/${one(id)}/link`, method: 'POST' }),
      }),

      supportAccess: build.query<List<SupportAccess>, void>({ query: () => '/api/v1/support-access', providesTags: ['support'] }),
      endSupport: build.mutation<null, string>({
        query: (id) => ({ url: `/api/v1/support-access/${one(id)}/end`, method: 'POST' }),
        invalidatesTags: ['support'],
      }),

      apiTokens: build.query<List<Token>, void>({ query: () => '/api/v1/api-tokens', providesTags: ['token'] }),
      tokenScopes: build.query<{ items: string[] }, void>({ query: () => '/api/v1/api-tokens/scopes', keepUnusedDataFor: 3600 }),
      createToken: build.mutation<Token & { token: string }, { name: string; scopes: string[]; expires_at?: string }>({
        query: (body) => ({ url: '/api/v1/api-tokens', method: 'POST', body }),
        invalidatesTags: ['token'],
      }),
      revokeToken: build.mutation<null, string>({
        query: (id) => ({ url: `/api/v1/api-tokens/${one(id)}`, method: 'DELETE' }),
        invalidatesTags: ['token'],
      }),
    }),
  });

export const {
  useAgencySettingsQuery,
  useChangeAgencySettingsMutation,
  useSetLogoMutation,
  useRemoveLogoMutation,
  useSettingsMembersInfiniteQuery,
  useChangeMemberRoleMutation,
  useDeactivateMemberMutation,
  useReactivateMemberMutation,
  useSettingsInvitationsInfiniteQuery,
  useInviteMutation,
  useResendInvitationMutation,
  useRevokeInvitationMutation,
  useSettingsPositionsQuery,
  useAddPositionMutation,
  useChangePositionMutation,
  useChangeMyNameMutation,
  useLeaveAgencyMutation,
  useMySessionsQuery,
  useEndSessionMutation,
  useEndOtherSessionsMutation,
  useDataExportsInfiniteQuery,
  useStartExportMutation,
  useExportLinkMutation,
  useSupportAccessQuery,
  useEndSupportMutation,
  useApiTokensQuery,
  useTokenScopesQuery,
  useCreateTokenMutation,
  useRevokeTokenMutation,
} = settingsApi;

/** Importing it keeps the tag 'me' known to the cache before any of the above names it. */
export const me = meApi;
