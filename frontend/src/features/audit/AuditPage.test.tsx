import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { pageOf, problem } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { compare } from './model';
import { AuditPage } from './pages/AuditPage';

const entry = {
  seq: 7, id: 'e7', at: '2026-11-24T10:00:00Z', action: 'clients.client_changed', entity: 'client', entity_id: 'c1',
  actor_id: 'm1', actor_name: 'Olivia Owner', actor_kind: 'staff', source: 'web', before: { name: 'Initech', tags: ['a'] }, after: { name: 'Initech Ltd', tags: ['a'] },
};

it('shows an entry before and after', async () => {
  server.use(http.get('*/api/v1/audit-events', () => HttpResponse.json(pageOf([entry]))));
  const { user } = renderApp(<AuditPage />);
  await user.click(await screen.findByRole('button', { name: 'Client changed' }));
  const dialog = await screen.findByRole('dialog');
  const row = within(dialog).getByRole('row', { name: /^name/ });
  expect(within(row).getByText('Initech')).toBeVisible();
  expect(within(row).getByText('Initech Ltd')).toBeVisible();
  expect(await violations()).toEqual([]);
});

it('says whether the chain is whole', async () => {
  server.use(
    http.get('*/api/v1/audit-events', () => HttpResponse.json(pageOf([entry]))),
    http.post('*/api/v1/audit-events/verify', () => HttpResponse.json({ entries: 12, intact: false, first_bad: 5 })),
  );
  const { user } = renderApp(<AuditPage />);
  await user.click(screen.getByRole('button', { name: 'Check the chain' }));
  expect(await screen.findByText(/broken from entry 5/)).toBeVisible();
});

it('says who can grant the right to see it', async () => {
  server.use(http.get('*/api/v1/audit-events', () => HttpResponse.json(problem(403, 'access.forbidden', 'You are not allowed to do this.'), { status: 403 })));
  renderApp(<AuditPage />);
  expect(await screen.findByText(/owner or admin/)).toBeVisible();
});

it('compares nested records, changes first', () => {
  expect(compare({ a: 1, b: { c: 2 } }, { a: 1, b: { c: 3 }, d: [] })).toEqual([
    { field: 'b.c', before: '2', after: '3', changed: true },
    { field: 'd', before: '', after: '[]', changed: true },
    { field: 'a', before: '1', after: '1', changed: false },
  ]);
});
