import type { RouteObject } from 'react-router';
import type { NavItem } from '../../shared/lib/nav';

export const routes: RouteObject[] = [
  { path: 'clients', lazy: async () => ({ Component: (await import('./pages/ClientsPage')).ClientsPage }) },
  { path: 'clients/import', lazy: async () => ({ Component: (await import('./pages/ImportPage')).ImportPage }) },
  { path: 'clients/:id', lazy: async () => ({ Component: (await import('./pages/ClientPage')).ClientPage }) },
];

export const nav: NavItem[] = [{ to: '/clients', key: 'clients', permission: 'clients.clients.read' }];
