import { Navigate, type RouteObject } from 'react-router';
import type { NavItem } from '../../shared/lib/nav';

export const routes: RouteObject[] = [
  { index: true, lazy: async () => ({ Component: (await import('./pages/StartPage')).StartPage }) },
  // Where sign-up ends: the start page shows what to do first.
  { path: 'welcome', element: <Navigate to="/" replace /> },
];

export const nav: NavItem[] = [{ to: '/', key: 'home' }];
