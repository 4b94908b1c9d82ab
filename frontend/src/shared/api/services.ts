import { useServicesListQuery } from './gen/rates.gen';
import { useCan } from '../lib/me';
import type { Option } from '../ui/fields';

/** What the agency sells, to choose from. One that is chosen already stays, though it was archived since. */
export function useServices(chosen?: { id: string | null; name: string }): Option[] {
  const { data } = useServicesListQuery({ limit: 200 }, { skip: !useCan()('rates.services.read') });
  const options = (data?.items ?? []).map((s) => ({ value: s.id, label: s.name }));
  if (chosen?.id && !options.some((o) => o.value === chosen.id)) options.push({ value: chosen.id, label: chosen.name || '…' });
  return options;
}
