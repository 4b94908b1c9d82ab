import type { RouteObject } from 'react-router';

export const routes: RouteObject[] = [
  { path: 'invoice-runs', lazy: async () => ({ Component: (await import('./pages/RunsPage')).RunsPage }) },
  { path: 'invoice-runs/new', lazy: async () => ({ Component: (await import('./pages/NewRunPage')).NewRunPage }) },
  { path: 'invoice-runs/:id', lazy: async () => ({ Component: (await import('./pages/RunPage')).RunPage }) },
  { path: 'statement-runs', lazy: async () => ({ Component: (await import('./pages/StatementRunsPage')).StatementRunsPage }) },
  { path: 'statement-runs/new', lazy: async () => ({ Component: (await import('./pages/NewStatementsPage')).NewStatementsPage }) },
  { path: 'statement-runs/:id', lazy: async () => ({ Component: (await import('./pages/StatementRunPage')).StatementRunPage }) },
];
