import type { RouteObject } from 'react-router';
import type { NavItem } from '../../shared/lib/nav';

export const routes: RouteObject[] = [{ path: 'plan', lazy: async () => ({ Component: (await import('./pages/PlanPage')).PlanPage }) }];
export const nav: NavItem[] = [{ to: '/plan', key: 'plan', permission: 'planning.bookings.read' }];
