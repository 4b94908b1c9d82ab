import type { Me } from '../shared/lib/me';

export const me = (over: Partial<Me> = {}): Me => ({
  kind: 'staff',
  member_id: '01900000-0000-7000-8000-000000000001',
  name: 'Olivia Owner',
  email: 'olivia@acme.test',
  role: 'owner',
  permissions: ['*'],
  agency: { name: 'Acme', slug: 'acme', time_zone: 'Europe/Berlin', week_start: 'monday', currency: 'EUR', locale: 'en', brand_colour: '#2855d9', logo_url: null },
  ...over,
});

/** The same as the server answers it. */
export const meAnswer = (m: Me) => ({
  member: { id: m.member_id, name: m.name, email: m.email, contact_id: m.contact_id ?? null, client_id: m.client_id ?? null, mail_failed_at: m.mail_fails?.since ?? null, mail_failure: m.mail_fails?.why ?? '' },
  kind: m.kind, role: m.role, permissions: m.permissions, read_only: m.read_only ?? false, agency: { name: m.agency.name, slug: m.agency.slug },
});

/** A page of a list, as the server answers it. */
export const pageOf = <T>(items: T[], next: string | null = null): { items: T[]; next: string | null } => ({ items, next });

/** A failed call, as the server answers it. */
export const problem = (status: number, code: string, detail = '', errors: { location: string; message: string }[] = []) => ({ status, code, detail, title: detail, errors });
