import { valibotResolver } from '@hookform/resolvers/valibot';
import { useForm, useWatch } from 'react-hook-form';
import * as v from 'valibot';
import { today } from '../../../shared/lib/dates';
import { useCommon } from '../../../shared/lib/i18n';
import { useMe } from '../../../shared/lib/me';
import { FormDialog } from '../../../shared/ui/dialogs';
import { CurrencyField, DateField, TextField } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { toast } from '../../../shared/ui/Toast';
import { useExchangeRatesKeepMutation } from '../api';
import { useT } from '../locales/en';
import { directions, type Direction } from '../model';
import { RateFields } from './RateFields';

/** Keeps the rate of a day, in the place of the one that was there. */
export function RateDialog({ base, onClose }: { base: string; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const zone = useMe()?.agency.time_zone;
  const [keep] = useExchangeRatesKeepMutation();
  const need = v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required')));
  const form = useForm({
    resolver: valibotResolver(v.object({ currency: need, on: need, value: need, direction: v.picklist(directions), source: v.string() })),
    defaultValues: { currency: base === 'USD' ? 'EUR' : 'USD', on: today(zone), value: '', direction: 'base_per_unit' as Direction, source: '' },
  });
  const currency = useWatch({ control: form.control, name: 'currency' });
  return (
    <FormDialog
      open
      title={t('currencies.add')}
      form={form}
      onClose={onClose}
      onSubmit={async (x) => {
        await keep({ newExchangeRate: { ...x, base } }).unwrap();
        toast(t('currencies.kept'));
        onClose();
      }}
    >
      <FieldRow>
        <CurrencyField name="currency" label={t('currencies.currency')} except={base} />
        <DateField name="on" label={t('currencies.on')} required />
      </FieldRow>
      <RateFields currency={currency} base={base} names={{ value: 'value', direction: 'direction' }} required />
      <TextField name="source" label={t('currencies.source')} help={t('currencies.sourceHelp')} maxLength={60} />
    </FormDialog>
  );
}
