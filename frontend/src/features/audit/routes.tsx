import type { RouteObject } from 'react-router';
import type { NavItem } from '../../shared/lib/nav';

export const routes: RouteObject[] = [{ path: 'audit', lazy: async () => ({ Component: (await import('./pages/AuditPage')).AuditPage }) }];

export const nav: NavItem[] = [{ to: '/audit', key: 'audit', permission: 'audit.events.read' }];
