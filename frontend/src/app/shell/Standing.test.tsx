import { screen } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it, vi } from 'vitest';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { Gate } from '../Gate';
import { AppShell } from './AppShell';

const routes = [{ element: <Gate />, children: [{ path: '/', element: <AppShell />, children: [{ path: 'clients', element: <p>all clients</p> }, { path: 'settings/billing', element: <p>the bill</p> }] }] }];
const owes = (level: string) =>
  server.use(http.get('*/api/v1/billing/status', () => HttpResponse.json({ level, plan: 'professional', max_seats: null, features: [], reasons: ['payment_failed'], until: null, next: '' })));

it('closes what a suspended agency cannot open, and asks the server for none of it', async () => {
  const streams: string[] = [];
  vi.stubGlobal('EventSource', class { constructor(url: string) { streams.push(url); } addEventListener() {} close() {} });
  owes('suspended');
  renderApp(routes, { at: '/clients' });
  expect(await screen.findByRole('heading', { level: 1, name: 'Closed for now' })).toBeVisible();
  expect(screen.queryByText('all clients')).toBeNull();
  expect(await screen.findByRole('link', { name: 'Export the data' })).toHaveAttribute('href', '/settings/data');
  // A call of the timer would fail the test: no handler answers it.
  expect(streams).toEqual([]);
  expect(await violations()).toEqual([]);
});

it('leaves the bill open', async () => {
  owes('closed');
  renderApp(routes, { at: '/settings/billing' });
  expect(await screen.findByText('the bill')).toBeVisible();
});

it('leaves a page to look at while the agency is read only', async () => {
  server.use(http.get('*/api/v1/timer', () => HttpResponse.json({ timer: null })));
  owes('read_only');
  renderApp(routes, { at: '/clients' });
  expect(await screen.findByText('all clients')).toBeVisible();
});
