import { registerLocale } from '../../../shared/lib/i18n';

export const useT = registerLocale('audit', {
  title: 'Audit log',
  sub: 'Who changed what, and when. Entries cannot be changed or removed.',
  verify: 'Check the chain',
  intact_one: 'The chain is whole: {{count}} entry fits.',
  intact_other: 'The chain is whole: all {{count}} entries fit.',
  broken: 'The chain is broken from entry {{seq}} on: it, or one before it, was altered.',
  col: { at: 'When', who: 'Who', action: 'What', entity: 'Record', source: 'By' },
  filter: { entity: 'Record', action: 'Search what happened', from: 'From', to: 'To' },
  empty: 'Nothing has been recorded yet',
  emptyText: 'Every change in the agency leaves a line here.',
  detail: { title: 'Entry {{seq}}', field: 'Field', before: 'Before', after: 'After', nothing: 'This entry has no field to compare.', behalf: 'On behalf of', reason: 'Reason', id: 'Record id', changed: 'Changed fields only', all: 'All fields' },
  source: { web: 'Browser', api: 'API', token: 'API token', job: 'Background job', system: 'System', cli: 'Command line' },
});
