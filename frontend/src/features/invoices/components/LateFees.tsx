import Box from '@mui/material/Box';
import { useFormContext, useWatch } from 'react-hook-form';
import { CurrencyField, DateField, MoneyField, NumberField, SelectField, SwitchField } from '../../../shared/ui/fields';
import { Fields, FieldRow } from '../../../shared/ui/form';
import { Section } from '../../../shared/ui/states';
import { useTaxRatesListQuery } from '../api';
import { useT } from '../locales/en';
import type { LadderValues } from '../reminders';

/** What late payment costs, beside the fees of the steps. */
export function LateFees() {
  const t = useT();
  const { control } = useFormContext<LadderValues>();
  const on = useWatch({ control, name: 'late.on' });
  return (
    <Section title={t('late.title')}>
      <SwitchField name="late.on" label={t('late.on')} help={t('late.onHelp')} />
      {on && <Box sx={{ mt: 4 }}><Terms /></Box>}
    </Section>
  );
}

function Terms() {
  const t = useT();
  const { control } = useFormContext<LadderValues>();
  const currency = useWatch({ control, name: 'late.currency' });
  const taxes = useTaxRatesListQuery().data?.items ?? [];
  return (
    <Fields>
      <FieldRow>
        <PercentField />
        <SelectField name="late.per" label={t('late.per')} options={(['year', 'month'] as const).map((x) => ({ value: x, label: t(`late.pers.${x}`) }))} />
      </FieldRow>
      <FieldRow>
        <NumberField name="late.grace_days" label={t('late.grace')} help={t('late.graceHelp')} />
        <DateField name="late.since" label={t('late.since')} help={t('late.sinceHelp')} />
      </FieldRow>
      <FieldRow>
        <MoneyField name="late.least" label={t('late.least')} help={t('late.leastHelp')} currency={currency} />
        <MoneyField name="late.most" label={t('late.most')} help={t('late.mostHelp')} currency={currency} />
      </FieldRow>
      <FieldRow>
        <CurrencyField name="late.currency" label={t('late.currency')} />
        <SelectField name="late.tax_rate_id" label={t('late.tax')} empty={t('late.noTax')} options={taxes.filter((x) => !x.archived_at).map((x) => ({ value: x.id, label: `${x.name} ${x.percent} %` }))} />
      </FieldRow>
      <SelectField name="late.by" label={t('late.by')} empty={t('late.bys.none')} options={(['draft', 'issue', 'send'] as const).map((x) => ({ value: x, label: t(`late.bys.${x}`) }))} />
    </Fields>
  );
}

function PercentField() {
  const t = useT();
  return <MoneyField name="late.percent" label={t('late.percent')} help={t('late.percentHelp')} currency="%" />;
}
