import { DecimalField, SelectField } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { useLegalEntitiesListQuery, type InvoiceView } from '../api';
import { useT } from '../locales/en';
import { directions } from '../model';

/** An exchange rate, as it is quoted. */
export function RateFields({ currency, base, help, required, names = { value: 'exchange_rate', direction: 'exchange_direction' } }: { currency: string; base: string; help?: string; required?: boolean; names?: { value: string; direction: string } }) {
  const t = useT();
  return (
    <FieldRow>
      <DecimalField name={names.value} label={t('rate.label')} help={help} maxLength={24} required={required} />
      <SelectField name={names.direction} label={t('rate.quoted')} options={directions.map((d) => ({ value: d, label: t(d === 'units_per_base' ? 'rate.perBase' : 'rate.perUnit', { currency, base }) }))} />
    </FieldRow>
  );
}

/** The rate of a draft in another currency than its legal entity keeps its books in. */
export function DraftRate({ invoice: i }: { invoice: InvoiceView }) {
  const t = useT();
  const base = useLegalEntitiesListQuery().data?.items.find((e) => e.id === i.entity_id)?.currency;
  if (!base || base === i.currency) return null;
  return <RateFields currency={i.currency} base={base} help={t('rate.help')} />;
}
