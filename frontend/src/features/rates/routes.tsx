import type { RouteObject } from 'react-router';
import type { NavItem } from '../../shared/lib/nav';

export const routes: RouteObject[] = [
  { path: 'rates', lazy: async () => ({ Component: (await import('./pages/RatesPage')).RatesPage }) },
  { path: 'rates/:id', lazy: async () => ({ Component: (await import('./pages/CardPage')).CardPage }) },
];

export const nav: NavItem[] = [{ to: '/rates', key: 'rates', permission: 'rates.cards.read' }];
