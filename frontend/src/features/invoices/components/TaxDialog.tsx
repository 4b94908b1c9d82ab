import { valibotResolver } from '@hookform/resolvers/valibot';
import { useEffect } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import * as v from 'valibot';
import { useCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { DateField, DecimalField, SelectField, SwitchField, TextField } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { toast } from '../../../shared/ui/Toast';
import { useTaxRatesChangeMutation, useTaxRatesCreateMutation, type TaxRateChange, type TaxRateView } from '../api';
import { useT } from '../locales/en';
import { ifMatch } from '../model';

const kinds = ['standard', 'zero', 'exempt', 'reverse_charge', 'withholding'] as const;
type Kind = (typeof kinds)[number];
const charges = (k: Kind) => k === 'standard' || k === 'withholding';

/** A tax. With a day the new percentage holds from then on, and the old one before. */
export function TaxDialog({ rate, onClose }: { rate: TaxRateView | null; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const [create] = useTaxRatesCreateMutation();
  const [change] = useTaxRatesChangeMutation();
  const need = v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required')));
  const schema = v.object({ name: need, percent: v.string(), from: v.string(), kind: v.picklist(kinds), legal_text: v.string(), compound: v.boolean(), default: v.boolean() });
  const form = useForm({
    resolver: valibotResolver(schema),
    defaultValues: { name: rate?.name ?? '', percent: rate?.percent ?? '', from: '', kind: rate?.kind ?? ('standard' as Kind), compound: rate?.compound ?? false, legal_text: rate?.legal_text ?? '', default: rate?.default ?? false },
  });
  const kind = useWatch({ control: form.control, name: 'kind' });
  // The usual words stand there until somebody writes better ones.
  const { setValue, getValues } = form;
  useEffect(() => {
    if ((kind === 'exempt' || kind === 'reverse_charge') && getValues('legal_text') === '') setValue('legal_text', t(`settings.legalOf.${kind}`));
  }, [kind, getValues, setValue, t]);
  return (
    <FormDialog
      open
      title={t(rate ? 'settings.editTax' : 'settings.addTax')}
      form={form}
      onClose={onClose}
      onSubmit={async ({ percent, from, ...x }) => {
        const figure = charges(x.kind) ? percent : '0';
        if (figure === '') {
          form.setError('percent', { message: c('error.required') });
          return;
        }
        const body: TaxRateChange = { ...x, compound: x.compound && x.kind === 'standard' };
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
        {charges(kind) && <DecimalField name="percent" label={t('settings.percent')} help={kind === 'withholding' ? t('settings.withholdingHelp') : undefined} maxLength={10} required />}
        {rate && charges(kind) && <DateField name="from" label={t('settings.changeFrom')} help={t('settings.changeHelp')} />}
      </FieldRow>
      {kind === 'standard' && <SwitchField name="compound" label={t('settings.compound')} help={t('settings.compoundHelp')} />}
      <TextField name="legal_text" label={t('settings.legal')} help={t(kind === 'exempt' || kind === 'reverse_charge' ? 'settings.legalNeed' : 'settings.legalHelp')} required={kind === 'exempt' || kind === 'reverse_charge'} multiline rows={2} maxLength={500} />
      <SwitchField name="default" label={t('settings.defaultTax')} />
    </FormDialog>
  );
}
