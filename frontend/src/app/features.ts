import type { RouteObject } from 'react-router';
import type { NavItem } from '../shared/lib/nav';

type FeatureRoutes = { routes: RouteObject[]; nav?: NavItem[] };

// Features announce themselves by a file, so two people adding pages never meet in one list.
const found = import.meta.glob<FeatureRoutes>(['../features/*/routes.tsx', '!../features/auth/routes.tsx', '!../features/ops/routes.tsx'], { eager: true });
const of = (path: string) => path.split('/').at(-2) ?? '';

const entries = Object.entries(found);

const staff = entries.filter(([p]) => of(p) !== 'portal').flatMap(([, m]) => m.routes);
const ofSettings = (r: RouteObject) => r.path?.startsWith('settings/') === true;

/** Pages inside the staff shell, those of settings beside the list of all settings. */
export const staffRoutes: RouteObject[] = [
  ...staff.filter((r) => !ofSettings(r)),
  { lazy: async () => ({ Component: (await import('../features/settings/components/SettingsShell')).SettingsShell }), children: staff.filter(ofSettings) },
];

/** The client portal brings its own shell. */
export const portalRoutes = entries.filter(([p]) => of(p) === 'portal').flatMap(([, m]) => m.routes);

const order: NavItem['key'][] = ['home', 'time', 'leave', 'expenses', 'approvals', 'plan', 'team', 'tasks', 'projects', 'clients', 'retainers', 'invoices', 'rates', 'people', 'audit', 'settings'];

export const nav = entries
  .flatMap(([, m]) => m.nav ?? [])
  .sort((a, b) => order.indexOf(a.key) - order.indexOf(b.key));
