import { valibotResolver } from '@hookform/resolvers/valibot';
import { screen } from '@testing-library/react';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { afterEach, expect, it, vi } from 'vitest';
import { renderApp } from '../../../test/render';
import { i18n } from '../../lib/i18n';
import { Form } from '../form';
import { DecimalField, DurationField, MoneyField, NumberField } from './parsed';

const before = i18n.language;
afterEach(() => { i18n.language = before; });

const schema = v.object({ money: v.nullish(v.string()), percent: v.string(), days: v.nullish(v.number()), time: v.nullish(v.number()) });

function Sheet({ onSubmit }: { onSubmit: (x: unknown) => Promise<unknown> }) {
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { money: null as string | null | undefined, percent: '12.125', days: null as number | null | undefined, time: null as number | null | undefined } });
  return (
    <Form form={form} onSubmit={onSubmit}>
      <MoneyField name="money" label="Money" currency="EUR" />
      <DecimalField name="percent" label="Percent" />
      <NumberField name="days" label="Days" />
      <DurationField name="time" label="Time" />
    </Form>
  );
}

it('does not send what it cannot read, not even where nothing is required', async () => {
  i18n.language = 'fr-FR';
  const sent = vi.fn<(x: unknown) => Promise<void>>(async () => undefined);
  const { user } = renderApp(<Sheet onSubmit={sent} />);
  const money = screen.getByLabelText('Money');
  const percent = screen.getByLabelText('Percent');
  expect(percent).toHaveProperty('value', '12,125');
  await user.clear(percent);
  await user.type(percent, '1.234');
  await user.type(money, 'ten');
  await user.click(screen.getByRole('button', { name: 'Save' }));
  expect(sent).not.toHaveBeenCalled();
  expect(money).toHaveAccessibleDescription(/^Enter an amount such as 1\s250,50$/);
  expect(percent).toHaveAccessibleDescription('Enter a number such as 7,5');
  expect(money).toHaveFocus();
  await user.clear(money);
  await user.clear(percent);
  await user.type(percent, '0,125');
  await user.type(screen.getByLabelText('Days'), '2,5');
  await user.type(screen.getByLabelText('Time'), '0,5{Enter}');
  expect(sent).toHaveBeenCalledExactlyOnceWith({ money: null, percent: '0.125', days: 2.5, time: 1800 });
});
