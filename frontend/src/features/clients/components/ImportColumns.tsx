import Box from '@mui/material/Box';
import FormControlLabel from '@mui/material/FormControlLabel';
import MenuItem from '@mui/material/MenuItem';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import MuiTextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { Section } from '../../../shared/ui/states';
import { useT } from '../locales/en';

const fields = [
  'name', 'code', 'currency', 'tax_id', 'billing_email', 'website', 'payment_terms_days', 'line1', 'line2', 'postal_code', 'city', 'region', 'country', 'tags', 'notes',
  'contact_name', 'contact_email', 'contact_phone', 'contact_job_title',
] as const;

export type Mapping = Record<string, string>;

type Props = { columns: string[]; mapping: Mapping; existing: 'skip' | 'update'; onMap: (field: string, column: string) => void; onExisting: (how: 'skip' | 'update') => void };

/** Which column of the file is which field, and what becomes of clients that are there already. */
export function ImportColumns({ columns, mapping, existing, onMap, onExisting }: Props) {
  const t = useT();
  return (
    <Section title={t('importer.columns')}>
      <Typography sx={{ color: 'text.secondary', mb: 4 }}>{t('importer.columnsText')}</Typography>
      <Box sx={{ display: 'grid', gap: 4, gridTemplateColumns: { xs: '1fr', sm: 'repeat(2, minmax(0, 1fr))', lg: 'repeat(4, minmax(0, 1fr))' } }}>
        {fields.map((f) => (
          <MuiTextField key={f} select size="small" required={f === 'name'} label={t(`importer.fieldNames.${f}`)} value={mapping[f] ?? ''} onChange={(e) => onMap(f, e.target.value)} slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}>
            <MenuItem value="">{t('importer.ignore')}</MenuItem>
            {columns.filter(Boolean).map((c) => <MenuItem key={c} value={c}>{c}</MenuItem>)}
          </MuiTextField>
        ))}
      </Box>
      <Typography component="h3" variant="h4" id="existing" sx={{ mt: 5 }}>{t('importer.existing')}</Typography>
      <RadioGroup aria-labelledby="existing" row value={existing} onChange={(_, v) => onExisting(v as 'skip' | 'update')}>
        <FormControlLabel value="skip" control={<Radio />} label={t('importer.skip')} />
        <FormControlLabel value="update" control={<Radio />} label={t('importer.update')} />
      </RadioGroup>
    </Section>
  );
}
