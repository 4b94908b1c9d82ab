import { useMembersListQuery } from '../../shared/api/gen/members.gen';

/** The staff, for choosing and for naming. */
export function useMembers() {
  const { data } = useMembersListQuery({ limit: 200, kind: 'staff' });
  const all = data?.items ?? [];
  return {
    nameOf: (id: string) => all.find((x) => x.id === id)?.name ?? '',
    options: all.filter((x) => x.state === 'active').map((x) => ({ value: x.id, label: x.name })),
  };
}
