import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';
import { pageOf, problem } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { People } from './components/People';
import { happened, tagsOf } from './model';
import { ClientsPage } from './pages/ClientsPage';

const client = {
  id: '01900000-0000-7000-8000-0000000000c1', name: 'Initech', code: 'INI', currency: 'EUR', tax_id: '', billing_email: '', website: '', payment_terms_days: null,
  addresses: [], tags: ['retail'], notes: '', owner_id: null, created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-02T00:00:00Z', archived_at: null, version: 1,
};

describe('the list of clients', () => {
  beforeEach(() => {
    server.use(
      http.get('*/api/v1/members', () => HttpResponse.json(pageOf([]))),
      http.get('*/api/v1/legal-entities', () => HttpResponse.json(pageOf([]))),
      http.get('*/api/v1/client-tags', () => HttpResponse.json({ items: ['retail'] })),
      http.get('*/api/v1/clients/similar', () => HttpResponse.json({ items: [] })),
    );
  });

  it('shows clients', async () => {
    server.use(http.get('*/api/v1/clients', () => HttpResponse.json(pageOf([client]))));
    renderApp(<ClientsPage />);
    expect(await screen.findByText('Initech')).toBeVisible();
    expect(await violations()).toEqual([]);
  });

  it('says what belongs here when there is none', async () => {
    server.use(http.get('*/api/v1/clients', () => HttpResponse.json(pageOf([]))));
    renderApp(<ClientsPage />);
    expect(await screen.findByText('No clients yet')).toBeVisible();
  });

  it('says that it failed', async () => {
    server.use(http.get('*/api/v1/clients', () => HttpResponse.json(problem(500, 'internal', 'It broke.'), { status: 500 })));
    renderApp(<ClientsPage />);
    expect(await screen.findByRole('alert')).toBeVisible();
  });

  it('puts a refusal at its field', async () => {
    server.use(
      http.get('*/api/v1/clients', () => HttpResponse.json(pageOf([client]))),
      http.post('*/api/v1/clients', () => HttpResponse.json(problem(409, 'clients.code_taken', 'Taken', [{ location: 'body.code', message: 'is taken by another client' }]), { status: 409 })),
    );
    const { user } = renderApp(<ClientsPage />);
    await user.click(await screen.findByRole('button', { name: 'New client' }, { timeout: 5000 }));
    await user.type(await screen.findByRole('textbox', { name: /^Name/ }, { timeout: 5000 }), 'Initrode');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('is taken by another client')).toBeVisible();
  });
});

it('reads events and tags', () => {
  expect(happened('invoicing.invoice_issued.v1')).toBe('Invoice issued');
  expect(tagsOf(' VIP, retail,vip,')).toEqual(['vip', 'retail']);
});

describe('the people of a client', () => {
  const person = {
    id: '01900000-0000-7000-8000-0000000000d1', client_id: client.id, name: 'Pia Kern', email: 'pia@initech.example', phone: '', job_title: '', primary: false, billing: false, portal: 'active',
    created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-02T00:00:00Z', archived_at: null, version: 1, access_ended: null as unknown,
  };

  it('ends the portal access of one after naming them, says who did, and gives it back', async () => {
    let shown = person;
    const calls: string[] = [];
    server.use(
      http.get('*/api/v1/contacts', () => HttpResponse.json(pageOf([shown]))),
      http.post('*/api/v1/contacts/:id/:act', ({ params }) => {
        calls.push(String(params.act));
        shown = params.act === 'end-access'
          ? { ...person, portal: 'ended', access_ended: { at: '2026-03-01T23:30:00Z', by: 'Olivia Owner', while_archived: false } }
          : person;
        return HttpResponse.json(shown);
      }),
    );
    const { user } = renderApp(<People clientId={client.id} />);
    await user.click(await screen.findByRole('button', { name: 'End portal access' }));
    expect(await screen.findByRole('alertdialog', { name: 'End the portal access of Pia Kern?' }, { timeout: 5000 })).toBeVisible();
    expect(calls).toEqual([]);
    await user.click(within(screen.getByRole('alertdialog')).getByRole('button', { name: 'End portal access' }));
    expect(await screen.findByText('on 2 Mar 2026 by Olivia Owner')).toBeVisible();
    expect(await violations()).toEqual([]);
    await user.click(await screen.findByRole('button', { name: 'Give access back' }));
    expect(await screen.findByText('Has access')).toBeVisible();
    expect(calls).toEqual(['end-access', 'give-access-back']);
  });
});
