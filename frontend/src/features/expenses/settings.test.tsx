import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import { renderApp } from '../../test/render';
import { server } from '../../test/server';
import { SettingsPage } from './pages/SettingsPage';

let sent: unknown[] = [];
beforeEach(() => {
  sent = [];
  const take = async ({ request }: { request: Request }) => {
    sent.push(await request.json());
    return HttpResponse.json({}, { status: 201 });
  };
  for (const list of ['expense-markups', 'expense-categories', 'expense-policies', 'allowance-rates', 'tax-rates']) server.use(http.get(`*/api/v1/${list}`, () => HttpResponse.json({ items: [] })), http.post(`*/api/v1/${list}`, take));
});

async function dialogOf(button: string) {
  const { user } = renderApp(<SettingsPage />);
  await user.click((await screen.findAllByRole('button', { name: button }))[0] as HTMLElement);
  const dialog = within(await screen.findByRole('dialog'));
  await user.click(dialog.getByRole('button', { name: 'Save' }));
  return { user, dialog };
}

it('asks for the name of a category', async () => {
  const { dialog } = await dialogOf('New category');
  const name = dialog.getByLabelText(/^Name/);
  expect(name).toHaveAccessibleDescription('Please fill this in');
  expect(name).toHaveFocus();
  expect(sent).toEqual([]);
});

it('asks for one limit at least', async () => {
  const { user, dialog } = await dialogOf('New limit');
  const first = dialog.getByLabelText('An expense');
  expect(first).toHaveAccessibleDescription('Enter this or another limit');
  expect(first).toHaveFocus();
  expect(sent).toEqual([]);
  await user.type(dialog.getByLabelText('Late after'), '30');
  await user.click(dialog.getByRole('button', { name: 'Save' }));
  expect(sent).toHaveLength(1);
});

it('asks for all that a rate needs', async () => {
  const { dialog } = await dialogOf('New rate');
  for (const label of [/^Vehicle/, /^Worth/, /^Valid from/]) expect(dialog.getByLabelText(label)).toHaveAccessibleDescription('Please fill this in');
  expect(dialog.getByLabelText(/^Vehicle/)).toHaveFocus();
  expect(sent).toEqual([]);
});
