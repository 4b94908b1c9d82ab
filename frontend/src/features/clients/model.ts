import type { AddressView, MomentView } from '../../shared/api/gen/clients.gen';
import { today } from '../../shared/lib/dates';
import { clockOf, instantOf } from '../../shared/lib/zones';

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
    case 'statement':
      return `/statements/${m.entity_id}`;
    case 'rate_card':
      return `/rates/${m.entity_id}`;
    default:
      return m.project_id ? `/projects/${m.project_id}` : undefined;
  }
}

/** 'VIP, retail' to its tags. */
export const tagsOf = (text: string): string[] => [...new Set(text.split(',').map((t) => t.trim().toLowerCase()).filter(Boolean))];

/** The moment at which the clocks of `zone` show this day and time, for the server. */
export const momentOf = (day: string, time: string, zone: string): string => instantOf(day, time || '12:00', zone).toISOString();

/** What the clocks of `zone` show at a moment, for the fields. */
export const partsOf = (iso: string, zone: string): { day: string; time: string } => ({ day: today(zone, new Date(iso)), time: clockOf(iso, zone) });
