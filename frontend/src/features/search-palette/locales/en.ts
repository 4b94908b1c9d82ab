import { registerLocale } from '../../../shared/lib/i18n';

export const useT = registerLocale('palette', {
  label: 'Search or jump to',
  placeholder: 'A client, a project, a page, something to do…',
  none: 'Nothing found for “{{q}}”',
  searching: 'Searching…',
  group: { go: 'Go to', act: 'Do', clients: 'Clients', projects: 'Projects', tasks: 'Tasks' },
  page: { home: 'Home', time: 'Time', expenses: 'Expenses', approvals: 'Approvals', tasks: 'My tasks', projects: 'Projects', clients: 'Clients', invoices: 'Invoices', rates: 'Rates', people: 'People', audit: 'Audit log', settings: 'Settings' },
  act: { log: 'Log time', timer: 'Start or stop the timer', client: 'New client', project: 'New project', invoice: 'New invoice', dark: 'Switch light and dark', keys: 'Keyboard shortcuts', profile: 'Profile and security', signOut: 'Sign out' },
  keys: {
    title: 'Keyboard shortcuts', single: 'Single-letter shortcuts', singleHelp: 'Switch them off if dictation or a screen reader types them by accident.',
    palette: 'Search and jump', search: 'Search in this page', log: 'Log time', timer: 'Start or stop the timer', new: 'New on this page', go: 'Go home, to time, projects, tasks, clients, invoices, approvals, settings', rows: 'Move through rows', open: 'Open', periods: 'Previous and next week', dark: 'Light and dark', help: 'This list', close: 'Close',
  },
});
