import { screen } from '@testing-library/react';
import { useForm } from 'react-hook-form';
import { afterEach, expect, it, vi } from 'vitest';
import { renderApp, violations } from '../../../test/render';
import { countries, currencies, search } from '../../lib/codes';
import { i18n } from '../../lib/i18n';
import { Form } from '../form';
import { CountryField, CurrencyField } from './CodeField';

const before = i18n.language;
afterEach(() => { i18n.language = before; });

type Values = { country: string; currency: string };
const onSubmit = vi.fn<(x: Values) => Promise<void>>(async () => undefined);
afterEach(() => onSubmit.mockClear());

function Sheet({ country = '', currency = '' }) {
  const form = useForm<Values>({ defaultValues: { country, currency } });
  return <Form form={form} onSubmit={onSubmit}><CountryField name="country" label="Country" /><CurrencyField name="currency" label="Currency" except="USD" /></Form>;
}
const sent = async (user: ReturnType<typeof renderApp>['user']) => {
  await user.click(screen.getByRole('button', { name: 'Save' }));
  return onSubmit.mock.lastCall?.[0];
};

it('knows the countries of ISO 3166, each with a name', () => {
  i18n.language = 'de-DE';
  const all = countries();
  expect(new Set(all.map((c) => c.value)).size).toBe(249);
  expect(all.filter((c) => c.label === `${c.value} · ${c.value}`)).toEqual([]);
  expect(all.find((c) => c.value === 'AT')?.label).toBe('AT · Österreich');
  expect(currencies().find((c) => c.value === 'CHF')?.label).toBe('CHF · Schweizer Franken');
});

it('puts the code that is typed before names that hold it, and needs no accents', () => {
  i18n.language = 'de-DE';
  expect(search(countries(), 'de')[0]?.value).toBe('DE');
  expect(search(countries(), 'osterr').map((c) => c.value)).toEqual(['AT']);
  expect(search(countries(), 'nowhere')).toEqual([]);
});

it('takes a code that is typed and left, a name that is searched, and keeps what it does not know', async () => {
  const { user } = renderApp(<Sheet currency="XQZ" country="YU" />);
  expect(await violations()).toEqual([]);
  expect(await sent(user)).toEqual({ country: 'YU', currency: 'XQZ' });
  const country = screen.getByLabelText('Country');
  const currency = screen.getByLabelText('Currency');
  await user.clear(country);
  await user.type(country, 'de');
  await user.tab();
  expect(country).toHaveProperty('value', 'DE · Germany');
  await user.clear(currency);
  await user.type(currency, 'swiss fr{Enter}');
  expect(await sent(user)).toEqual({ country: 'DE', currency: 'CHF' });
});

it('chooses nothing when it is opened and left, and empties', async () => {
  const { user } = renderApp(<Sheet country="DE" />);
  await user.click(screen.getByLabelText('Currency'));
  expect(screen.queryByRole('option', { name: /^USD/ })).toBeNull();
  await user.tab();
  await user.clear(screen.getByLabelText('Country'));
  await user.tab();
  expect(await sent(user)).toEqual({ country: '', currency: '' });
});
