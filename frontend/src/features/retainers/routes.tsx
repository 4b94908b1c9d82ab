import type { RouteObject } from 'react-router';
import type { NavItem } from '../../shared/lib/nav';

export const routes: RouteObject[] = [
  { path: 'retainers', lazy: async () => ({ Component: (await import('./pages/RetainersPage')).RetainersPage }) },
  { path: 'retainers/:id', lazy: async () => ({ Component: (await import('./pages/RetainerPage')).RetainerPage }) },
  { path: 'retainers/:id/periods/:period', lazy: async () => ({ Component: (await import('./pages/StatementPage')).StatementPage }) },
];

export const nav: NavItem[] = [{ to: '/retainers', key: 'retainers', permission: 'retainers.retainers.read' }];
