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
  rename: 'Rename', saved: 'Saved', tab: { label: 'Parts of rates', cards: 'Rate cards', services: 'Services', who: 'Who gets which rate', costs: 'Costs', multipliers: 'Multipliers' },
  card: {
    add: 'Add rate', edit: 'Change rate', empty: 'No rates on this card', emptyText: 'Add a rate for a person, a service or a position, valid from a day on.',
    kind: 'Rate for', type: 'Kind', kinds: { member: 'Person', service: 'Service', position: 'Position', task: 'Task' }, person: 'Person', position: 'Position', task: 'Task',
    perHour: 'Per hour', from: 'From', to: 'Up to', toHelp: 'The first day on which it no longer holds. Empty: until the next rate.', open: 'open',
    now: 'Now', later: 'Later', past: 'Past', removed: 'Rate removed', remove: 'Remove', removeTitle: 'Remove this rate?',
    removeText: 'Time that has this rate already keeps it. The rate before it holds again for these days.', hidden: 'hidden',
    unknown: 'Unknown',
  },
  revise: {
    for: 'Which time gets the new price?', reach: { new: 'What is logged from now on', from: 'Work from a day on, logged already or not', unbilled: 'All that is not approved yet, too' }, from: 'From',
    counting: 'Counting what changes…', none: 'No time that was logged changes.', effect_one: '{{count}} entry changes: {{before}} → {{after}}.', effect_other: '{{count}} entries change: {{before}} → {{after}}.', kept: 'Approved, billed and closed time keeps its price.',
    last_zero: 'The price for {{name}} was changed.', last_one: 'The price for {{name}} was changed, and of {{count}} entry.', last_other: 'The price for {{name}} was changed, and of {{count}} entries.', undo: 'Undo',
    undone_zero: 'Undone', undone_one: 'Undone; {{count}} entry has its old price', undone_other: 'Undone; {{count}} entries have their old prices',
    undonePart_one: 'Undone for {{count}} entry. Others stay: {{why}}', undonePart_other: 'Undone for {{count}} entries. Others stay: {{why}}',
    stays: { gone: '{{count}} deleted', changed: '{{count}} priced otherwise since', billed: '{{count}} billed since', approved: '{{count}} approved since', locked: '{{count}} in a closed period' },
    noPreview: 'What changes cannot be told yet.', done_one: 'Saved; {{count}} entry has the new price', done_other: 'Saved; {{count}} entries have the new price',
  },
  cost: {
    new: 'New cost rate', empty: 'Nobody has said what people cost', emptyText: 'Say what an hour costs, or the salary of a year. Projects show their margin then, to those who may see costs.', from: 'Worked out of', byHour: 'An amount for the hour', ofSalary: '{{salary}} a year over {{hours}} h',
    kind: 'Cost of', kinds: { salary: 'A year', hour: 'An hour' }, salary: 'Cost of a year', figure: '{{hour}} an hour: spread over {{hours}} hours of {{year}}, after holidays and before leave.', figureHelp: 'It is spread over the hours of the year, after holidays and before leave.', noFigure: 'This cannot be worked out.',
    removed: 'Cost rate removed', removeTitle: 'Remove this cost rate?', removeText: 'The one before it holds again for these days. Margins change with it.',
  },
  multipliers: {
    new: 'New multipliers', empty: 'Nothing is agreed about when work is done', emptyText: 'Every hour counts once. Say what hours after business, on weekends and on holidays count as; clients and projects may have others.',
    whose: 'For', zone: 'By the clock of', zoneHelp: 'The time zone of the contract', region: 'Public holidays of', noRegion: 'None', hours: 'Business hours', hoursText: 'What is outside them is after hours, or a Saturday or Sunday. Empty: none.',
    day: { monday: 'Monday', tuesday: 'Tuesday', wednesday: 'Wednesday', thursday: 'Thursday', friday: 'Friday', saturday: 'Saturday', sunday: 'Sunday' },
    opens: '{{day}}, from', closes: '{{day}}, until', closesAfter: 'Must be after the hours begin', both: 'Both or neither', factors: 'Counts as', kinds: { after_hours: 'After hours', saturday: 'Saturday', sunday: 'Sunday', holiday: 'Public holiday' }, short: { after_hours: 'After', saturday: 'Sat', sunday: 'Sun', holiday: 'Holiday' },
    factor: 'Must be 0 to 100, with 4 places at most', times: '× {{factor}}', reprice: 'Time of those days that is not approved counts by them, too', toHelp: 'The first day on which they no longer hold. Empty: until the next ones.',
    done_one: 'Saved; {{count}} entry counts by them', done_other: 'Saved; {{count}} entries count by them', removed: 'Multipliers removed', removeTitle: 'Remove these multipliers?',
    removeText: 'Time that was logged keeps what it counts as. Those before them hold again for these days.', sums: 'Multipliers',
  },
  overhead: {
    title: 'Overhead', add: 'Add overhead', none: 'Nothing is added to what people cost.', line: '{{percent}} % · {{from}} – {{to}}', percent: 'Of what hours cost', removed: 'Overhead removed', removeOne: 'Remove the overhead from {{from}}',
    text: 'Rent, tools and people who bill nothing, in percent of what the hours of people cost. Margins show what work cost without it, and with it.',
  },
  difference: {
    title: 'Posted differences', month: 'Worked in', posted: 'Posted in', hours: 'Hours', amount: 'Difference', of: '{{hours}} of {{month}}, posted in {{posted}}',
    empty: 'No cost changed after its month was closed', emptyText: 'Where one does, what it makes of the closed month is posted in the month that is open, and stays here.',
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
