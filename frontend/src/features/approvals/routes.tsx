import type { RouteObject } from 'react-router';
import type { NavItem } from '../../shared/lib/nav';

export const routes: RouteObject[] = [{ path: 'approvals', lazy: async () => ({ Component: (await import('./pages/ApprovalsPage')).ApprovalsPage }) }];
export const nav: NavItem[] = [{ to: '/approvals', key: 'approvals', permission: 'timesheets.sheets.approve' }];
