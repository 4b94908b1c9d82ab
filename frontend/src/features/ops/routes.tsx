import type { RouteObject } from 'react-router';

export const routes: RouteObject[] = [
  { index: true, lazy: async () => ({ Component: (await import('./pages/AgenciesPage')).AgenciesPage }) },
  { path: 'agencies/:id', lazy: async () => ({ Component: (await import('./pages/AgencyPage')).AgencyPage }) },
  { path: 'health', lazy: async () => ({ Component: (await import('./pages/HealthPage')).HealthPage }) },
  { path: 'jobs', lazy: async () => ({ Component: (await import('./pages/JobsPage')).JobsPage }) },
  { path: 'drift', lazy: async () => ({ Component: (await import('./pages/DriftPage')).DriftPage }) },
  { path: 'growth', lazy: async () => ({ Component: (await import('./pages/GrowthPage')).GrowthPage }) },
  { path: 'history', lazy: async () => ({ Component: (await import('./pages/HistoryPage')).HistoryPage }) },
];
