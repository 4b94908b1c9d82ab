import type { RouteObject } from 'react-router';
import type { NavItem } from '../../shared/lib/nav';

export const routes: RouteObject[] = [{ path: 'team', lazy: async () => ({ Component: (await import('./pages/TeamPage')).TeamPage }) }];
export const nav: NavItem[] = [{ to: '/team', key: 'team', permission: 'timesheets.entries.read_all' }];
