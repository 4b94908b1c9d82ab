import { valibotResolver } from '@hookform/resolvers/valibot';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { useRetainersAddBlockMutation, useRetainersAdjustMutation, type NewPrepaidBlock, type RetainerView } from '../../../shared/api/gen/retainers.gen';
import { useCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { DateField, MoneyField, NumberField, SelectField, TextField } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locales/en';
import { given } from '../model';

type Props = { retainer: RetainerView; onClose: () => void };

function useRequired() {
  const c = useCommon();
  return v.pipe(v.nullish(v.union([v.string(), v.number()]), ''), v.check((x) => x !== '', c('error.required')));
}

/** Adds to a retainer or takes from it by hand, with the reason. */
export function AdjustDialog({ retainer: r, onClose }: Props) {
  const t = useT();
  const required = useRequired();
  const [adjust] = useRetainersAdjustMutation();
  const form = useForm<{ amount: string | null; reason: string }>({ resolver: valibotResolver(v.looseObject({ amount: required, reason: required })) as never, defaultValues: { amount: null, reason: '' } });
  const Amount = r.unit === 'money' ? MoneyField : NumberField;
  return (
    <FormDialog open title={t('adjustTitle', { name: r.name })} form={form} onClose={onClose} onSubmit={async (x) => {
      await adjust({ id: r.id, retainerAdjustment: { amount: given(x.amount) ?? '', reason: x.reason } }).unwrap();
      toast(t('saved'));
      onClose();
    }}>
      <Amount name="amount" label={t('amount')} help={t('amountHelp')} required unit="h" currency={r.currency} />
      <TextField name="reason" label={t('reason')} maxLength={500} required />
    </FormDialog>
  );
}

/** Sells hours or money besides. */
export function BlockDialog({ retainer: r, onClose }: Props) {
  const t = useT();
  const required = useRequired();
  const [add] = useRetainersAddBlockMutation();
  type Values = { amount: string | null; price: string | null; counts_from: NewPrepaidBlock['counts_from']; expires_on: string };
  const form = useForm<Values>({ resolver: valibotResolver(v.looseObject({ amount: required })) as never, defaultValues: { amount: null, price: null, counts_from: 'now', expires_on: '' } });
  const Amount = r.unit === 'money' ? MoneyField : NumberField;
  return (
    <FormDialog open title={t('block')} form={form} onClose={onClose} onSubmit={async (x) => {
      const price = given(x.price);
      await add({ id: r.id, newPrepaidBlock: { amount: given(x.amount) ?? '', counts_from: x.counts_from, ...(price ? { price } : {}), ...(x.expires_on ? { expires_on: x.expires_on } : {}) } }).unwrap();
      toast(t('saved'));
      onClose();
    }}>
      <FieldRow>
        <Amount name="amount" label={t('amount')} required unit="h" currency={r.currency} />
        <MoneyField name="price" label={t('price')} help={t('priceHelp')} currency={r.currency} />
      </FieldRow>
      <FieldRow>
        <SelectField name="counts_from" label={t('counts')} options={(['now', 'issued', 'paid'] as const).map((value) => ({ value, label: t(`countsFrom.${value}`) }))} />
        <DateField name="expires_on" label={t('expires')} />
      </FieldRow>
    </FormDialog>
  );
}
