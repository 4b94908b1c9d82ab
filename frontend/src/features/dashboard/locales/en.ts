import { registerLocale } from '../../../shared/lib/i18n';

export const useT = registerLocale('dashboard', {
  morning: 'Good morning, {{name}}',
  afternoon: 'Good afternoon, {{name}}',
  evening: 'Good evening, {{name}}',
  week: {
    title: 'My week', of: 'of {{expected}} expected', none: 'No hours expected this week', left: '{{left}} to go', done: 'Complete', open: 'Open the week', day: '{{day}}: {{logged}} of {{expected}}', state: { draft: 'Draft', submitted: 'Submitted', approved: 'Approved', rejected: 'Sent back' },
  },
  missing: { title: 'To complete', week: 'Week of {{day}}', hours: '{{time}} missing', late: 'Not handed in', back: 'Sent back' },
  tasks: { title: 'My tasks', all: 'All my tasks', empty: 'Nothing is assigned to you', emptyText: 'Tasks that somebody gives you show up here, the soonest first.', due: 'Due {{day}}', overdue: 'Overdue since {{day}}', today: 'Due today', noDue: 'No due date' },
  approvals: { title: 'To approve', all: 'All approvals', empty: 'Nothing waits for you', emptyText: 'Time that people submit waits here for your decision.', week: 'Week of {{day}}', less: '{{time}} less than expected' },
  invoices: { title: 'Open invoices', all: 'All invoices', empty: 'No invoice is open', emptyText: 'Issued invoices stay here until they are paid.', due: 'Due {{day}}', overdue: 'Overdue since {{day}}' },
  start: {
    title: 'Set up {{name}}', progress: '{{done}} of {{total}} done', hide: 'Hide this list', hidden: 'The list is hidden',
    sample: 'Load sample data', sampleText: 'Want to look around first? Clients, projects, time and invoices of an imaginary agency; you can delete them later.', sampleLoading: 'Sample data is being loaded. It appears here in a moment.', sampleFailed: 'The sample data broke off. Nothing is made twice: it goes on where it stopped.', sampleAgain: 'Try again', sampleDone: 'Sample data is loaded.',
    step: {
      set_up_agency: 'Set up your agency: logo, colour, time zone', invite_people: 'Invite your people', add_client: 'Add your first client', create_project: 'Plan a project', track_time: 'Track some time', set_rates: 'Set your hourly rates', issue_invoice: 'Issue an invoice',
    },
    done: 'Done',
  },
});
