import type { RouteObject } from 'react-router';
import type { NavItem } from '../../shared/lib/nav';

export const routes: RouteObject[] = [
  { path: 'time', lazy: async () => ({ Component: (await import('./pages/TimePage')).TimePage }) },
  { path: 'time/entries', lazy: async () => ({ Component: (await import('./pages/EntriesPage')).EntriesPage }) },
];
export const nav: NavItem[] = [{ to: '/time', key: 'time', permission: 'timesheets.entries.write' }];
