import type { RouteObject } from 'react-router';
import type { NavItem } from '../../shared/lib/nav';

export const routes: RouteObject[] = [
  { path: 'settings', lazy: async () => ({ Component: (await import('./pages/IndexPage')).IndexPage }) },
  { path: 'settings/agency', lazy: async () => ({ Component: (await import('./pages/AgencyPage')).AgencyPage }) },
  { path: 'settings/people', lazy: async () => ({ Component: (await import('./pages/PeoplePage')).PeoplePage }) },
  { path: 'settings/positions', lazy: async () => ({ Component: (await import('./pages/PositionsPage')).PositionsPage }) },
  { path: 'settings/holidays', lazy: async () => ({ Component: (await import('./pages/HolidaysPage')).HolidaysPage }) },
  { path: 'settings/leave', lazy: async () => ({ Component: (await import('./pages/LeavePage')).LeavePage }) },
  { path: 'settings/profile', lazy: async () => ({ Component: (await import('./pages/ProfilePage')).ProfilePage }) },
  { path: 'settings/time', lazy: async () => ({ Component: (await import('./pages/TimePage')).TimePage }) },
  { path: 'settings/data', lazy: async () => ({ Component: (await import('./pages/DataPage')).DataPage }) },
  { path: 'settings/tokens', lazy: async () => ({ Component: (await import('./pages/TokensPage')).TokensPage }) },
  { path: 'settings/security', lazy: async () => ({ Component: (await import('./pages/SecurityPage')).SecurityPage }) },
];

export const nav: NavItem[] = [{ to: '/settings', key: 'settings' }];
