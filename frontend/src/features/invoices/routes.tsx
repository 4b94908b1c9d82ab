import type { RouteObject } from 'react-router';
import type { NavItem } from '../../shared/lib/nav';

export const routes: RouteObject[] = [
  { path: 'invoices', lazy: async () => ({ Component: (await import('./pages/InvoicesPage')).InvoicesPage }) },
  { path: 'invoices/:id', lazy: async () => ({ Component: (await import('./pages/InvoicePage')).InvoicePage }) },
  { path: 'late-fees', lazy: async () => ({ Component: (await import('./pages/LateFeesPage')).LateFeesPage }) },
  { path: 'realisation', lazy: async () => ({ Component: (await import('./pages/RealisationPage')).RealisationPage }) },
  { path: 'currencies', lazy: async () => ({ Component: (await import('./pages/CurrenciesPage')).CurrenciesPage }) },
  { path: 'statements/:clientId', lazy: async () => ({ Component: (await import('./pages/StatementPage')).StatementPage }) },
  { path: 'reminders/:clientId', lazy: async () => ({ Component: (await import('./pages/RemindersPage')).RemindersPage }) },
  { path: 'settings/reminders', lazy: async () => ({ Component: (await import('./pages/RemindersPage')).RemindersPage }) },
  { path: 'settings/invoicing', lazy: async () => ({ Component: (await import('./pages/SettingsPage')).SettingsPage }) },
];

export const nav: NavItem[] = [{ to: '/invoices', key: 'invoices', permission: 'invoicing.invoices.read' }];
