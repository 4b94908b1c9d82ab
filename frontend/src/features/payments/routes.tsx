import type { RouteObject } from 'react-router';

export const routes: RouteObject[] = [
  { path: 'settings/payments', lazy: async () => ({ Component: (await import('./pages/AccountPage')).AccountPage }) },
];
