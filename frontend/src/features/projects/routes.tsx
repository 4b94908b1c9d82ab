import type { RouteObject } from 'react-router';
import type { NavItem } from '../../shared/lib/nav';

export const routes: RouteObject[] = [
  { path: 'projects', lazy: async () => ({ Component: (await import('./pages/ProjectsPage')).ProjectsPage }) },
  { path: 'projects/:id', lazy: async () => ({ Component: (await import('./pages/ProjectPage')).ProjectPage }) },
  { path: 'tasks', lazy: async () => ({ Component: (await import('./pages/MyTasksPage')).MyTasksPage }) },
];

export const nav: NavItem[] = [
  { to: '/projects', key: 'projects', permission: 'projects.projects.read' },
  { to: '/tasks', key: 'tasks', permission: 'projects.tasks.read' },
];
