import { registerLocale } from '../../../shared/lib/i18n';

export const useShell = registerLocale('shell', {
  nav: { main: 'Main', home: 'Home', time: 'Time', approvals: 'Approvals', tasks: 'My tasks', projects: 'Projects', clients: 'Clients', invoices: 'Invoices', rates: 'Rates', people: 'People', audit: 'Audit log', settings: 'Settings', more: 'More' },
  skip: 'Skip to content',
  search: 'Search or jump to…',
  searchShort: 'Search',
  refused: 'You cannot get in',
  loadingPage: 'Loading page',
  menu: { open: 'Account of {{name}}', profile: 'Profile and security', theme: 'Appearance', light: 'Light', dark: 'Dark', system: 'As the device', keys: 'Keyboard shortcuts', signOut: 'Sign out' },
});
