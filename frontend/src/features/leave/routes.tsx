import type { RouteObject } from 'react-router';
import type { NavItem } from '../../shared/lib/nav';

export const routes: RouteObject[] = [{ path: 'leave', lazy: async () => ({ Component: (await import('./pages/LeavePage')).LeavePage }) }];
export const nav: NavItem[] = [{ to: '/leave', key: 'leave', permission: 'people.leave.write' }];
