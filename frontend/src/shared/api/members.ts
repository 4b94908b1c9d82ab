import { useMemo } from 'react';
import { api } from './baseApi';

export type Member = { id: string; name: string; email: string; kind: string; role: string; state: string };

const membersApi = api.enhanceEndpoints({ addTagTypes: ['members'] }).injectEndpoints({
  endpoints: (build) => ({
    staff: build.query<{ items: Member[] }, void>({ query: () => '/api/v1/members?limit=200', providesTags: ['members' as never], keepUnusedDataFor: 600 }),
  }),
});

/** The agency's staff: to choose from, and to say who somebody is. */
export function useStaff() {
  const { data } = membersApi.endpoints.staff.useQuery();
  return useMemo(() => {
    const all = data?.items ?? [];
    const names = new Map(all.map((m) => [m.id, m.name]));
    return {
      active: all.filter((m) => m.kind !== 'contact' && m.state === 'active'),
      nameOf: (id: string | null | undefined): string => (id ? (names.get(id) ?? '') : ''),
      options: all.filter((m) => m.kind !== 'contact' && m.state === 'active').map((m) => ({ value: m.id, label: m.name })),
    };
  }, [data]);
}
