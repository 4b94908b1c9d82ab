import type { RouteObject } from 'react-router';

export const routes: RouteObject[] = [
  { path: 'settings/billing', lazy: async () => ({ Component: (await import('./pages/BillingPage')).BillingPage }) },
];
