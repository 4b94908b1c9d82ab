import Box from '@mui/material/Box';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormHelperText from '@mui/material/FormHelperText';
import Typography from '@mui/material/Typography';
import { useController, useFormContext } from 'react-hook-form';
import type { ExpenseDayView } from '../../../shared/api/gen/expenses.gen';
import { addDays, formatDay } from '../../../shared/lib/dates';
import { formatMoney } from '../../../shared/lib/money';
import { FieldRow } from '../../../shared/ui/form';
import { TextInput } from '../../../shared/ui/TextInput';
import { useT } from '../locales/en';
import { stay, type AwayDay, type Values } from '../model';

const marks = ['half', 'breakfast', 'lunch', 'dinner'] as const;

/** The days of a stay: first and last, and for each whether it is a half one and which meals were given. */
export function AwayDays({ worth }: { worth?: ExpenseDayView[] }) {
  const t = useT();
  const { formState } = useFormContext<Values>();
  const { field } = useController<Values, 'days'>({ name: 'days' });
  const days = field.value;
  const first = days[0]?.day ?? '';
  const last = days.at(-1)?.day ?? '';
  const span = (from: string, to: string) => field.onChange(from ? stay(from, to < from ? from : to, days.filter((d) => d.day !== first && d.day !== last), (d) => addDays(d, 1)) : []);
  const set = (at: number, change: Partial<AwayDay>) => field.onChange(days.map((d, n) => (n === at ? { ...d, ...change } : d)));
  const error = (formState.errors.days as { message?: string } | undefined)?.message;
  return (
    <Box role="group" aria-label={t('form.days')}>
      <FieldRow>
        <TextInput type="date" label={t('form.first')} value={first} onChange={(e) => span(e.target.value, last || e.target.value)} error={Boolean(error)} helperText={error} slotProps={{ inputLabel: { shrink: true } }} required />
        <TextInput type="date" label={t('form.last')} value={last} onChange={(e) => span(first || e.target.value, e.target.value)} slotProps={{ inputLabel: { shrink: true }, htmlInput: { min: first } }} required />
      </FieldRow>
      <Box component="ul" sx={{ listStyle: 'none', m: 0, mt: 2, p: 0, '& > li + li': { borderTop: 1, borderColor: 'divider' } }}>
        {days.map((d, n) => {
          const day = formatDay(d.day);
          const refused = (formState.errors.days as { day?: { message?: string } }[] | undefined)?.[n]?.day?.message;
          return (
            <Box component="li" key={d.day} sx={{ py: 1 }}>
              <Box sx={{ display: 'flex', justifyContent: 'space-between' }}>
                <Typography variant="body2" sx={{ fontWeight: 560 }}>{day}</Typography>
                <Typography variant="body2" sx={{ fontVariantNumeric: 'tabular-nums' }}>{worth?.[n]?.day === d.day && formatMoney(worth[n].worth)}</Typography>
              </Box>
              <Box role="group" aria-label={day} sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 3 }}>
                {marks.map((m) => <FormControlLabel key={m} control={<Checkbox size="small" checked={d[m]} onChange={(_, on) => set(n, { [m]: on })} />} label={t(`form.${m}`)} slotProps={{ typography: { variant: 'body2' } }} />)}
              </Box>
              {refused && <FormHelperText error>{refused}</FormHelperText>}
            </Box>
          );
        })}
      </Box>
    </Box>
  );
}
