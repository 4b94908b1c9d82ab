import { registerLocale } from '../../../shared/lib/i18n';

export const useT = registerLocale('rates', {
  title: 'Rates',
  sub: 'What an hour costs a client. The day of the work decides which rate holds.',
  new: 'New rate card',
  empty: 'No rate cards yet',
  emptyText: 'Begin with a card for the whole agency. Cards of a client or a project go before it.',
  name: 'Name', level: 'For', currency: 'Currency', updated: 'Last change',
  levels: { agency: 'Agency', client: 'Client', project: 'Project' },
  client: 'Client', project: 'Project', currencyHelp: 'Empty: the client’s or your own',
  state: 'State', archivedCards: 'Archived', archived: 'Archived', archive: 'Archive', restore: 'Restore', archivedToast: '{{name}} archived',
  rename: 'Rename', saved: 'Saved', tab: { label: 'Parts of rates', cards: 'Rate cards', services: 'Services', who: 'Who gets which rate' },
  card: {
    add: 'Add rate', edit: 'Change rate', empty: 'No rates on this card', emptyText: 'Add a rate for a person, a service or a position, valid from a day on.',
    kind: 'Rate for', type: 'Kind', kinds: { member: 'Person', service: 'Service', position: 'Position', task: 'Task' }, person: 'Person', position: 'Position', task: 'Task',
    perHour: 'Per hour', from: 'From', to: 'Up to', toHelp: 'The first day on which it no longer holds. Empty: until the next rate.', open: 'open',
    now: 'Now', later: 'Later', past: 'Past', removed: 'Rate removed', remove: 'Remove', removeTitle: 'Remove this rate?',
    removeText: 'Time that has this rate already keeps it. The rate before it holds again for these days.', hidden: 'hidden',
    changeNote: 'Time that has this rate already keeps it. For a new price, add a rate that begins on the day it changes.', unknown: 'Unknown',
  },
  service: {
    new: 'New service', edit: 'Change service', search: 'Find a service', empty: 'No services yet', time: 'Time on it', tax: 'Tax', taxDefault: 'The agency’s default',
    emptyText: 'A service is what you sell and log, such as consulting or support. Tasks and time can name it, and rate cards can price it.',
    billable: 'Billable', unbilled: 'Not billable', billableHelp: 'Time on it is billable unless the entry says otherwise',
  },
  who: {
    day: 'Day', project: 'Project', noProject: 'No project', service: 'Service', noService: 'No service', person: 'Person', rate: 'Rate', why: 'Why', none: 'No rate', noneWhy: 'Cannot be billed',
    order: 'Where a rate is looked for', orderText: 'The first place that holds a rate decides. A rate set on an entry itself goes before all.',
    empty: 'Nobody to show', places: {
      project_member: 'Project card: the person', project_task: 'Project card: the task', project_service: 'Project card: the service', client_service: 'Client card: the service', agency_service: 'Agency card: the service', project_position: 'Project card: the position',
      client_member: 'Client card: the person', client_position: 'Client card: the position', agency_member: 'Agency card: the person', agency_position: 'Agency card: the position',
    },
  },
});
