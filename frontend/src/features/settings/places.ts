import { useCan } from '../../shared/lib/me';

const places = [
  { key: 'agency', to: '/settings/agency', need: 'agency.settings.read' },
  { key: 'people', to: '/settings/people', need: 'identity.members.read' },
  { key: 'positions', to: '/settings/positions', need: 'people.positions.write' },
  { key: 'holidays', to: '/settings/holidays', need: 'people.positions.read' },
  { key: 'leave', to: '/settings/leave', need: 'people.positions.write' },
  { key: 'time', to: '/settings/time', need: 'agency.settings.read' },
  { key: 'invoicing', to: '/settings/invoicing', need: 'invoicing.settings.read' },
  { key: 'payments', to: '/settings/payments', need: 'payments.account.read' },
  { key: 'expenses', to: '/settings/expenses', need: 'expenses.settings.write' },
  { key: 'rates', to: '/rates', need: 'rates.cards.read' },
  { key: 'profile', to: '/settings/profile', need: '' },
  { key: 'tokens', to: '/settings/tokens', need: 'identity.tokens.write' },
  { key: 'billing', to: '/settings/billing', need: 'billing.account.read' },
  { key: 'data', to: '/settings/data', need: 'agency.data.export' },
  { key: 'security', to: '/settings/security', need: 'agency.settings.write' },
  { key: 'audit', to: '/audit', need: 'audit.events.read' },
] as const;

/** The pages of settings that the person may open. */
export function usePlaces() {
  const can = useCan();
  return places.filter((p) => p.need === '' || can(p.need));
}
