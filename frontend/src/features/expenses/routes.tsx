import type { RouteObject } from 'react-router';
import type { NavItem } from '../../shared/lib/nav';

export const routes: RouteObject[] = [
  { path: 'expenses', lazy: async () => ({ Component: (await import('./pages/ExpensesPage')).ExpensesPage }) },
  { path: 'settings/expenses', lazy: async () => ({ Component: (await import('./pages/SettingsPage')).SettingsPage }) },
];

export const nav: NavItem[] = [{ to: '/expenses', key: 'expenses', permission: 'expenses.expenses.write' }];
