import type { RouteObject } from 'react-router';

export const routes: RouteObject[] = [
  { path: 'recurring', lazy: async () => ({ Component: (await import('./pages/RecurringPage')).RecurringPage }) },
  { path: 'recurring/new', lazy: async () => ({ Component: (await import('./pages/EditPage')).NewPage }) },
  { path: 'recurring/:id', lazy: async () => ({ Component: (await import('./pages/SchedulePage')).SchedulePage }) },
  { path: 'recurring/:id/edit', lazy: async () => ({ Component: (await import('./pages/EditPage')).EditPage }) },
];
