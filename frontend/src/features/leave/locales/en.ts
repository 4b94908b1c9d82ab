import { registerLocale } from '../../../shared/lib/i18n';

export const useT = registerLocale('leave', {
  title: 'Leave',
  ask: 'Ask for leave',
  someone: 'Somebody who left',
  tab: { label: 'Leave of', mine: 'Mine', team: 'Team', decide: 'To decide' },
  unit: { days_one: '{{count}} day', days_other: '{{count}} days', hours_one: '{{count}} hour', hours_other: '{{count}} hours' },
  state: { requested: 'Asked for', approved: 'Approved', rejected: 'Refused', cancelled: 'Taken back' },
  balance: {
    label: 'Balances',
    left: 'left today',
    planned: '{{much}} planned',
    requested: '{{much}} asked for',
    atEnd: '{{much}} on {{day}}, with what is planned',
    free: 'As much as needed',
    statement: 'Statement of {{name}}',
    open: 'Statement',
    none: 'No kinds of leave yet',
    noneText: 'An owner or administrator adds them under Settings, Leave.',
    set: 'Add a kind of leave',
  },
  line: { day: 'Day', what: 'What', change: 'Change', balance: 'Balance', left: '{{much}} left', granted: 'Allowance', lapsed: 'Lapsed', adjusted: 'Correction', taken: 'Leave', empty: 'Nothing yet' },
  list: { label: 'My leave', empty: 'No leave yet', emptyText: 'What you ask for is here, with what became of it.', when: 'When', kind: 'Kind', takes: 'Takes', state: 'State', cancel: 'Take back', cancelled: 'Leave taken back', cancelTitle: 'Take back the leave of {{when}}?', cancelText: 'It is approved. To take it after all you have to ask again.', reason: 'Reason: {{reason}}', other: 'Leave' },
  form: {
    title: 'Ask for leave', kind: 'Kind', first: 'First day', last: 'Last day', halfFirst: 'Half of the first day only', halfDay: 'Half a day only', halfLast: 'Half of the last day only',
    part: 'Part of the day', partHelp: 'Empty for the whole day', note: 'Note', send: 'Ask', asked: 'Asked for', taken: 'Entered',
    takes: 'Takes {{much}}.', leaves: 'Takes {{much}} and leaves {{left}}.', short: 'Takes {{much}}, and only {{left}} are there.', counting: 'Counting…', choose: 'Choose the days.',
  },
  decide: {
    label: 'Leave that waits for a decision', empty: 'Nothing waits', emptyText: 'When somebody asks for leave, it is here.', approve: 'Approve', reject: 'Refuse', approved: 'Leave approved', rejected: 'Leave refused',
    rejectTitle: 'Refuse the leave of {{name}}', reason: 'Reason', reasonHelp: '{{name}} reads it.', ownTitle: 'Approve your own leave', ownText: 'Nobody else can approve leave here. Say why you do it yourself; that is recorded.', ownReason: 'Why',
  },
  team: { previous: 'The month before', next: 'The month after', label: 'Who is away in {{month}}', person: 'Person', away: '{{name}}, {{day}}: {{what}}', off: 'away', asked: 'asked for', half: 'half a day', none: 'Nobody is away in this month.', holidays: 'Holidays: {{names}}', approved: 'Approved', pending: 'Asked for', list: 'Away in this month' },
});
