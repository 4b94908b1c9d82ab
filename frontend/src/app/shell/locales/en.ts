import { registerLocale } from '../../../shared/lib/i18n';

export const useShell = registerLocale('shell', {
  nav: { main: 'Main', home: 'Home', time: 'Time', leave: 'Leave', expenses: 'Expenses', approvals: 'Approvals', plan: 'Plan', team: 'Team', tasks: 'My tasks', projects: 'Projects', clients: 'Clients', retainers: 'Retainers', invoices: 'Invoices', rates: 'Rates', people: 'People', audit: 'Audit log', settings: 'Settings', more: 'More' },
  support: { banner: 'Support: {{name}} looks into this agency until {{until}}. Nothing can be changed. Reason: {{reason}}', leave: 'Leave' },
  skip: 'Skip to content',
  search: 'Search or jump to…',
  searchShort: 'Search',
  refused: 'You cannot get in',
  loadingPage: 'Loading page',
  menu: { open: 'Account of {{name}}', profile: 'Profile and security', theme: 'Appearance', light: 'Light', dark: 'Dark', system: 'As the device', keys: 'Keyboard shortcuts', signOut: 'Sign out' },
  access: {
    ending: 'Your trial or subscription ends on {{day}}. Nothing is lost; from then on nothing can be changed.',
    grace: 'A payment for Bureau is late. Everything works until {{day}}.',
    read_only: 'This agency is read only: look and export, but change nothing, until its subscription is in order.',
    suspended: 'This agency is suspended until its subscription is paid. Data can be exported.',
    closed: 'This agency\'s subscription has ended. Data can be exported.',
    setup: 'The first payment is still open.',
    manage: 'Plan and seats',
  },
  standing: {
    title: 'Closed for now',
    text: 'Nothing is lost. As soon as the subscription is in order, everything is as it was.',
    ask: 'Nothing is lost. An owner of your agency can put the subscription in order.',
    export: 'Export the data',
  },
});
