import Box from '@mui/material/Box';
import { useFormContext, useWatch } from 'react-hook-form';
import { DecimalField, SelectField } from '../../../shared/ui/fields';
import { useT } from '../locales/en';
import type { DraftValues } from '../model';

/** A discount in percent or as an amount: the choice stands behind the figure. */
export function DiscountField({ at, label, currency }: { at: '' | `lines.${number}.`; label: string; currency: string }) {
  const t = useT();
  const { control } = useFormContext<DraftValues>();
  const within = useWatch({ control, name: `${at}discount_in` });
  return (
    <Box sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) 88px', gap: 1 }}>
      <DecimalField key={within} name={`${at}discount_${within}`} label={label} maxLength={within === 'percent' ? 10 : 24} />
      <SelectField name={`${at}discount_in`} label={t('draft.discountIn')} options={[{ value: 'percent', label: '%' }, { value: 'amount', label: currency }]} />
    </Box>
  );
}
