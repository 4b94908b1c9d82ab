import AddIcon from '@mui/icons-material/AddRounded';
import RemoveIcon from '@mui/icons-material/DeleteOutlineRounded';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import { useFieldArray, useFormContext, useWatch } from 'react-hook-form';
import { useTaxRatesListQuery, type TaxRateView } from '../../../shared/api/gen/invoices.gen';
import { CheckboxField, DecimalField, TextField } from '../../../shared/ui/fields';
import { TaxSelect } from '../../../shared/ui/TaxSelect';
import { useT } from '../locales/en';
import { blankLine, type Values } from '../model';

/** What a whole period costs. */
export function Lines() {
  const t = useT();
  const { control } = useFormContext<Values>();
  const { fields, append, remove } = useFieldArray({ control, name: 'lines', keyName: 'key' });
  const taxes = useTaxRatesListQuery().data?.items.filter((x) => !x.archived_at) ?? [];
  return (
    <Box sx={{ display: 'grid', gap: 4 }}>
      {fields.map((f, n) => <Line key={f.key} n={n} taxes={taxes} onRemove={() => remove(n)} />)}
      <Box><Button variant="outlined" startIcon={<AddIcon />} onClick={() => append(blankLine())}>{t('addLine')}</Button></Box>
    </Box>
  );
}

function Line({ n, taxes, onRemove }: { n: number; taxes: TaxRateView[]; onRemove: () => void }) {
  const t = useT();
  const { control } = useFormContext<Values>();
  const usual = useWatch({ control, name: `lines.${n}.default_taxes` });
  const at = `lines.${n}` as const;
  return (
    <Box role="group" aria-label={t('line', { n: n + 1 })} sx={{ borderBottom: 1, borderColor: 'divider', pb: 3, display: 'grid', gap: 3 }}>
      <Box sx={{ display: 'flex', gap: 1, alignItems: 'flex-start' }}>
        <TextField name={`${at}.description`} label={t('description')} maxLength={2000} />
        <IconButton aria-label={t('removeLine', { n: n + 1 })} onClick={onRemove}><RemoveIcon fontSize="small" /></IconButton>
      </Box>
      <Box sx={{ display: 'grid', gap: 3, gridTemplateColumns: { xs: '1fr 1fr', sm: '1fr 1fr 2fr 1fr' } }}>
        <DecimalField name={`${at}.quantity`} label={t('quantity')} maxLength={20} />
        <TextField name={`${at}.unit`} label={t('unit')} maxLength={20} />
        <DecimalField name={`${at}.unit_price`} label={t('price')} maxLength={24} />
        <DecimalField name={`${at}.discount_percent`} label={t('discount')} maxLength={10} />
      </Box>
      {taxes.length > 0 && <CheckboxField name={`${at}.default_taxes`} label={t('defaultTaxes')} />}
      {taxes.length > 0 && !usual && <TaxSelect name={`${at}.tax_rate_ids`} label={t('taxes')} taxes={taxes} none="–" />}
    </Box>
  );
}
