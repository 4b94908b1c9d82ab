import { screen } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { renderApp } from '../../test/render';
import { server } from '../../test/server';
import { NotInPlan, useLacks } from './NotInPlan';

const Page = () => (useLacks('legal_entities') ? <NotInPlan feature="legal_entities" /> : <p>there</p>);
const plan = (features: string[]) => HttpResponse.json({ level: 'full', plan: 'starter', max_seats: 10, features, reasons: [], until: null, next: '' });

it('names the smallest plan that holds the function, with its price', async () => {
  server.use(
    http.get('*/api/v1/billing/status', () => plan([])),
    http.get('*/api/v1/billing/plans', () =>
      HttpResponse.json({ items: [
        { id: 'starter', name: 'Starter', price: '29.00', currency: 'USD', max_seats: 10, features: [] },
        { id: 'enterprise', name: 'Enterprise', price: '79.00', currency: 'USD', max_seats: null, features: ['legal_entities'] },
      ] }),
    ),
  );
  renderApp(<Page />);
  expect(await screen.findByText(/This is part of Enterprise, at \$79 a person and month\./)).toBeVisible();
  expect(screen.getByRole('link', { name: 'See the plans' })).toHaveAttribute('href', '/settings/billing');
});

it('says nothing where the plan holds it', async () => {
  server.use(http.get('*/api/v1/billing/status', () => plan(['legal_entities'])));
  renderApp(<Page />);
  expect(await screen.findByText('there')).toBeVisible();
});
