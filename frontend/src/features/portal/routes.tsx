import type { RouteObject } from 'react-router';

export const routes: RouteObject[] = [
  {
    path: '/portal',
    lazy: async () => ({ Component: (await import('./components/PortalShell')).PortalShell }),
    children: [
      { index: true, lazy: async () => ({ Component: (await import('./pages/OverviewPage')).OverviewPage }) },
      { path: 'projects', lazy: async () => ({ Component: (await import('./pages/ProjectsPage')).ProjectsPage }) },
      { path: 'projects/:id', lazy: async () => ({ Component: (await import('./pages/ProjectPage')).ProjectPage }) },
      { path: 'retainers', lazy: async () => ({ Component: (await import('./pages/RetainersPage')).RetainersPage }) },
      { path: 'retainers/:id', lazy: async () => ({ Component: (await import('./pages/RetainerPage')).RetainerPage }) },
      { path: 'retainers/:id/:period', lazy: async () => ({ Component: (await import('./pages/StatementPage')).StatementPage }) },
      { path: 'account', lazy: async () => ({ Component: (await import('./pages/AccountPage')).AccountPage }) },
      { path: 'invoices', lazy: async () => ({ Component: (await import('./pages/InvoicesPage')).InvoicesPage }) },
      { path: 'invoices/:id', lazy: async () => ({ Component: (await import('./pages/InvoicePage')).InvoicePage }) },
    ],
  },
];
