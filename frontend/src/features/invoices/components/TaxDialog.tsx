import { valibotResolver } from '@hookform/resolvers/valibot';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { useCommon } from '../../../shared/lib/i18n';
import { parseAmount } from '../../../shared/lib/money';
import { FormDialog } from '../../../shared/ui/dialogs';
import { DateField, SelectField, SwitchField, TextField } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { toast } from '../../../shared/ui/Toast';
import { useTaxRatesChangeMutation, useTaxRatesCreateMutation, type TaxRateChange, type TaxRateView } from '../api';
import { useT } from '../locales/en';
import { ifMatch } from '../model';

const kinds = ['standard', 'zero', 'exempt', 'reverse_charge'] as const;

/** A tax. With a day the new percentage holds from then on, and the old one before. */
export function TaxDialog({ rate, onClose }: { rate: TaxRateView | null; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const [create] = useTaxRatesCreateMutation();
  const [change] = useTaxRatesChangeMutation();
  const need = v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required')));
  const schema = v.object({ name: need, percent: need, from: v.string(), kind: v.picklist(kinds), legal_text: v.string(), default: v.boolean() });
  const form = useForm({
    resolver: valibotResolver(schema),
    defaultValues: { name: rate?.name ?? '', percent: rate?.percent ?? '', from: '', kind: rate?.kind ?? ('standard' as (typeof kinds)[number]), legal_text: rate?.legal_text ?? '', default: rate?.default ?? false },
  });
  return (
    <FormDialog
      open
      title={t(rate ? 'settings.editTax' : 'settings.addTax')}
      form={form}
      onClose={onClose}
      onSubmit={async ({ percent, from, ...x }) => {
        const figure = parseAmount(percent) ?? percent;
        const body: TaxRateChange = { ...x };
        if (rate && from) body.steps = [...rate.steps.filter((s) => s.from !== from), { from, percent: figure }];
        else if (!rate || figure !== rate.percent) body.percent = figure;
        if (rate) await change({ id: rate.id, 'If-Match': ifMatch(rate.version), taxRateChange: body }).unwrap();
        else await create({ taxRateChange: body }).unwrap();
        toast(t('settings.saved'));
        onClose();
      }}
    >
      <TextField name="name" label={t('settings.taxName')} maxLength={60} autoFocus required />
      <SelectField name="kind" label={t('settings.kind')} options={kinds.map((k) => ({ value: k, label: t(`settings.kinds.${k}`) }))} />
      <FieldRow>
        <TextField name="percent" label={t('settings.percent')} maxLength={10} required />
        {rate && <DateField name="from" label={t('settings.changeFrom')} help={t('settings.changeHelp')} />}
      </FieldRow>
      <TextField name="legal_text" label={t('settings.legal')} help={t('settings.legalHelp')} multiline rows={2} maxLength={500} />
      <SwitchField name="default" label={t('settings.defaultTax')} />
    </FormDialog>
  );
}
