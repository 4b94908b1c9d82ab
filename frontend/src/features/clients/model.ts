import type { AddressView, MomentView } from '../../shared/api/gen/clients.gen';

/** An address as it stands on an envelope. */
export const addressLines = (a: AddressView): string[] =>
  [a.line1, a.line2, [a.postal_code, a.city].filter(Boolean).join(' '), a.region, a.country].filter((l): l is string => Boolean(l));

export const isLogged = (m: MomentView): boolean => m.kind === 'note' || m.kind === 'call' || m.kind === 'meeting';

/** 'invoicing.invoice_issued.v1' says 'Invoice issued'. */
export function happened(name: string): string {
  const fact = (name.split('.')[1] ?? '').replaceAll('_', ' ');
  return fact.charAt(0).toUpperCase() + fact.slice(1);
}

/** Where an event leads, if there is a page for it. */
export function leadsTo(m: MomentView): string | undefined {
  switch (m.entity) {
    case 'project':
      return `/projects/${m.entity_id}`;
    case 'invoice':
      return `/invoices/${m.entity_id}`;
    case 'rate_card':
      return `/rates/${m.entity_id}`;
    default:
      return m.project_id ? `/projects/${m.project_id}` : undefined;
  }
}

/** 'VIP, retail' to its tags. */
export const tagsOf = (text: string): string[] => [...new Set(text.split(',').map((t) => t.trim().toLowerCase()).filter(Boolean))];

/** The moment of a local day and time, for the server. */
export const momentOf = (day: string, time: string): string => new Date(`${day}T${time || '12:00'}`).toISOString();

/** The local day and time of a moment, for the fields. */
export function partsOf(iso: string): { day: string; time: string } {
  const d = new Date(iso);
  const two = (n: number) => String(n).padStart(2, '0');
  return { day: `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`, time: `${two(d.getHours())}:${two(d.getMinutes())}` };
}
