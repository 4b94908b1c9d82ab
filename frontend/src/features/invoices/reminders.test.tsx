import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { problem } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { Ladder } from './components/Ladder';
import { fromLate, fromSteps, toLate, toSteps } from './reminders';

it('counts days before the due date below zero', () => {
  const steps = [{ days: -3, texts: {} }, { days: 0, texts: {} }, { days: 14, texts: {} }];
  expect(toSteps(fromSteps(steps))).toEqual(steps);
});

it('sends what late payment costs, and nothing that was left empty', () => {
  const late = { on: true, currency: 'EUR', percent: '9', per: 'year' as const, grace_days: 5, most: '40', by: 'draft' as const };
  expect(toLate(fromLate(late, 'USD'))).toEqual(late);
  expect(fromLate({ on: false }, 'USD')).toMatchObject({ currency: 'USD', percent: null, by: '' });
  expect(toSteps(fromSteps([{ days: 14, fee: '5', texts: {} }]))).toEqual([{ days: 14, fee: '5', texts: {} }]);
});

it('saves the ladder and says at which step the server refuses', async () => {
  const bodies: unknown[] = [];
  server.use(
    http.put('*/api/v1/reminders/policy', async ({ request }) => {
      bodies.push(await request.json());
      return HttpResponse.json(problem(422, 'invoicing.bad_reminders', 'These reminders cannot be saved.', [{ location: 'body.steps[1].days', message: 'is there twice' }]), { status: 422 });
    }),
  );
  const policy = { enabled: true, enabled_on: '2026-03-02', own: true, version: 4, steps: [{ days: -3, texts: {} }, { days: 3, texts: {} }], late: { on: false } };
  const { user } = renderApp(<Ladder policy={policy} writes />);
  expect(within(await screen.findByRole('list')).getAllByRole('textbox', { name: /Days/ })).toHaveLength(2);
  await user.click(screen.getByRole('button', { name: 'Save reminders' }));
  expect(await screen.findByText(/is there twice/i)).toBeVisible();
  expect(bodies).toEqual([{ enabled: true, steps: policy.steps, late: { on: false, currency: '', per: 'year', by: '' }, version: 4 }]);
  expect(await violations()).toEqual([]);
});
