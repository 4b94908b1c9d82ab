import { configure, screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { me, pageOf, problem } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { screenWidth } from '../../test/setup';
import type { ProjectView, TaskView } from './api';
import { dueGroup, moved, newColumnId, targetAt } from './model';
import { MyTasksPage } from './pages/MyTasksPage';
import { ProjectPage } from './pages/ProjectPage';
import { ProjectsPage } from './pages/ProjectsPage';

// A drawer with all of a task takes a busy machine longer than the library's second.
configure({ asyncUtilTimeout: 10_000 });

const olivia = me().member_id;

const project = (over: Partial<ProjectView> = {}): ProjectView => ({
  id: 'p1', client_id: 'c1', client_name: 'Initech', code: 'INI-001', name: 'Website', description: '', state: 'active', manager_id: olivia, member_ids: [olivia], starts_on: '2026-03-02', due_on: '2026-04-30', billable: true, colour: 'blue',
  columns: [{ id: 'todo', name: 'To do', category: 'todo' }, { id: 'doing', name: 'In progress', category: 'doing', limit: 1 }, { id: 'done', name: 'Done', category: 'done' }],
  budget: { hours: '40', used_seconds: 72_000, billable_seconds: 36_000, left_seconds: 72_000, percent: 50, level: 50, stopped: false }, tasks: 3, tasks_done: 1, created_at: '2026-03-02T09:00:00Z', updated_at: '2026-03-02T09:00:00Z', archived_at: null, version: 3, ...over,
});

const task = (id: string, name: string, over: Partial<TaskView> = {}): TaskView => ({
  id, name, project_id: 'p1', project: { id: 'p1', code: 'INI-001', name: 'Website', colour: 'blue', client_id: 'c1' }, parent_id: null, description: '', column_id: 'todo', column_name: 'To do', category: 'todo', rank: 'a0', assignee_id: null,
  priority: 'normal', estimate_seconds: null, logged_seconds: 0, remaining_seconds: null, percent_complete: 0, starts_on: null, due_on: null, checklist: [], tags: [], billable: true, service_id: null, sub_tasks: 0, sub_tasks_done: 0, comments: 0, completed_at: null,
  created_at: '2026-03-02T09:00:00Z', updated_at: '2026-03-02T09:00:00Z', archived_at: null, version: 1, ...over,
});

const board = [task('a', 'Kick-off'), task('b', 'Sitemap', { priority: 'urgent', due_on: '2020-01-01' }), task('d', 'Contract', { column_id: 'done', category: 'done', completed_at: '2026-03-01T09:00:00Z' })];

// Loaded ahead, so that no test waits for a chunk.
beforeAll(() => Promise.all([import('./components/Board'), import('./components/TaskDrawer')]));

beforeEach(() => {
  server.use(
    http.get('*/api/v1/members', () => HttpResponse.json(pageOf([{ id: olivia, name: 'Olivia Owner', state: 'active' }]))),
    http.get('*/api/v1/clients', () => HttpResponse.json(pageOf([{ id: 'c1', name: 'Initech', code: 'INI' }]))),
    http.get('*/api/v1/projects', () => HttpResponse.json(pageOf([project()]))),
    http.get('*/api/v1/projects/p1', () => HttpResponse.json(project())),
    http.get('*/api/v1/tasks', () => HttpResponse.json(pageOf(board))),
    http.get('*/api/v1/tasks/a', () => HttpResponse.json(board[0])),
    http.get('*/api/v1/tasks/a/comments', () => HttpResponse.json(pageOf([]))),
  );
});

describe('rules', () => {
  it('groups by due date', () => {
    const at = (d: string | null) => dueGroup(d, '2026-03-02');
    expect([at(null), at('2026-03-01'), at('2026-03-02'), at('2026-03-03'), at('2026-03-08'), at('2026-03-09')]).toEqual(['none', 'overdue', 'today', 'week', 'week', 'later']);
  });

  it('finds the neighbour of a place', () => {
    expect(targetAt(['a', 'b', 'c'], 'a', 0, 'x')).toEqual({ columnId: 'x', beforeId: 'b' });
    expect(targetAt(['a', 'b', 'c'], 'a', 2, 'x')).toEqual({ columnId: 'x', afterId: 'c' });
    expect(targetAt(['a'], 'a', 0, 'x')).toEqual({ columnId: 'x' });
  });

  it('moves a card in the list', () => {
    const names = (to: Parameters<typeof moved>[2]) => moved(board, 'a', to).map((t) => `${t.id}:${t.column_id}`).join(' ');
    expect(names({ columnId: 'done', beforeId: 'd' })).toBe('b:todo a:done d:done');
    expect(names({ columnId: 'todo', afterId: 'b' })).toBe('b:todo a:todo d:done');
    expect(names({ columnId: 'doing' })).toBe('b:todo d:done a:doing');
  });

  it('finds a free column id', () => expect(newColumnId(['todo', 'column-3'])).toBe('column-4'));
});

describe('the list of projects', () => {
  it('shows what a project is and how far it got', async () => {
    renderApp(<ProjectsPage />);
    expect(await screen.findByRole('link', { name: 'Website' })).toHaveAttribute('href', '/projects/p1');
    expect(screen.getByText('20 h of 40 h used, 50 %')).toBeVisible();
    expect(screen.getByText(/1 of 3 tasks done/)).toBeVisible();
    expect(await violations()).toEqual([]);
  });

  it('says what belongs here when there is nothing, and what failed when it fails', async () => {
    server.use(http.get('*/api/v1/projects', () => HttpResponse.json(pageOf([]))));
    const { unmount } = renderApp(<ProjectsPage />);
    expect(await screen.findByText('No projects yet')).toBeVisible();
    unmount();
    server.use(http.get('*/api/v1/projects', () => HttpResponse.json(problem(503, 'tenancy.database_away', 'The database cannot be reached.'), { status: 503 })));
    renderApp(<ProjectsPage />);
    expect(await screen.findByText('The database cannot be reached.')).toBeVisible();
    expect(screen.getByRole('button', { name: 'Try again' })).toBeVisible();
  });
});

const open = (at = '/projects/p1') => renderApp(<ProjectPage />, { at, path: '/projects/:id' });

describe('the board', () => {
  it('shows cards in the columns of the project', async () => {
    open();
    const todo = await screen.findByRole('region', { name: 'To do' });
    expect(within(todo).getAllByRole('button', { name: /^Open / }).map((x) => x.getAttribute('aria-label'))).toEqual(['Open Kick-off', 'Open Sitemap']);
    expect(within(todo).getByText('Urgent')).toBeVisible();
    expect(await violations()).toEqual([]);
  });

  it('moves a card by its menu, at once', async () => {
    let sent: unknown;
    server.use(http.post('*/api/v1/tasks/a/move', async ({ request }) => {
      sent = await request.json();
      const there = task('a', 'Kick-off', { column_id: 'done' });
      server.use(http.get('*/api/v1/tasks', () => HttpResponse.json(pageOf([...board.slice(1), there]))));
      return HttpResponse.json(there);
    }));
    const { user } = open();
    await user.click(await screen.findByRole('button', { name: 'Move Kick-off' }));
    await user.click(screen.getByRole('menuitem', { name: 'Done' }));
    expect(await within(screen.getByRole('region', { name: 'Done' })).findByRole('button', { name: 'Open Kick-off' })).toBeInTheDocument();
    await waitFor(() => expect(sent).toEqual({ column_id: 'done' }));
  });

  it('puts the card back and says why when the server refuses', async () => {
    server.use(http.post('*/api/v1/tasks/a/move', () => HttpResponse.json(problem(409, 'projects.archived', 'This project is archived.'), { status: 409 })));
    const { user } = open();
    await user.click(await screen.findByRole('button', { name: 'Move Kick-off' }));
    await user.click(screen.getByRole('menuitem', { name: 'Done' }));
    expect(await screen.findByText('The task is back where it was. This project is archived.')).toBeVisible();
    expect(within(screen.getByRole('region', { name: 'To do' })).getByRole('button', { name: 'Open Kick-off' })).toBeInTheDocument();
  });

  it('cannot be changed by those who may only read', async () => {
    server.use(http.get('*/api/v1/me', () => HttpResponse.json(me({ permissions: ['projects.projects.read', 'projects.tasks.read'] }))));
    open();
    expect(await screen.findByRole('button', { name: 'Open Kick-off' })).toBeVisible();
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Move Kick-off' })).not.toBeInTheDocument());
    expect(screen.queryByRole('button', { name: /Add a task/ })).not.toBeInTheDocument();
  });
});

describe('a task', () => {
  it('keeps comments with the team unless they are marked for the client', async () => {
    const sent: unknown[] = [];
    server.use(http.post('*/api/v1/tasks/a/comments', async ({ request }) => {
      sent.push(await request.json());
      return HttpResponse.json({ id: 'c1' }, { status: 201 });
    }));
    const { user } = open('/projects/p1?task=a');
    await user.type(await screen.findByRole('textbox', { name: 'Write a comment' }), 'They pay late');
    await user.click(screen.getByRole('button', { name: 'Comment' }));
    await user.click(await screen.findByRole('button', { name: 'Client sees this' }));
    expect(screen.getByText('The client will see this in the portal.')).toBeVisible();
    await user.type(screen.getByRole('textbox', { name: 'Write to the client' }), 'Ready for you');
    await user.click(screen.getByRole('button', { name: 'Send to the client' }));
    await waitFor(() => expect(sent).toEqual([{ body: 'They pay late', for_client: false }, { body: 'Ready for you', for_client: true }]));
    expect(await screen.findByRole('textbox', { name: 'Write a comment' })).toBeVisible();
    expect(await violations()).toEqual([]);
  });

  it('saves a field when it is left, against the version seen', async () => {
    let got: { match: string | null; body: unknown } | undefined;
    server.use(http.patch('*/api/v1/tasks/a', async ({ request }) => {
      got = { match: request.headers.get('If-Match'), body: await request.json() };
      return HttpResponse.json(task('a', 'Kick-off', { estimate_seconds: 5400, version: 2 }));
    }));
    const { user } = open('/projects/p1?task=a');
    await user.type(await screen.findByRole('textbox', { name: 'Estimate' }), '1.5{Enter}');
    await waitFor(() => expect(got).toEqual({ match: '"1"', body: { estimate_seconds: 5400 } }));
  });
});

describe('my tasks', () => {
  it('groups them by due date and takes one off the list', async () => {
    let sent: unknown;
    server.use(http.post('*/api/v1/tasks/complete', async ({ request }) => {
      sent = await request.json();
      return HttpResponse.json({ items: [] });
    }));
    screenWidth.px = 390;
    const { user } = renderApp(<MyTasksPage />);
    const late = await screen.findByRole('region', { name: /Overdue/ });
    expect(within(late).getByText('Sitemap')).toBeVisible();
    await user.click(within(late).getByRole('checkbox', { name: 'Mark as done: Sitemap' }));
    await waitFor(() => expect(sent).toEqual({ ids: ['b'], done: true }));
    expect(await screen.findByText('“Sitemap” is done')).toBeVisible();
    expect(await violations()).toEqual([]);
  });
});
