import { valibotResolver } from '@hookform/resolvers/valibot';
import FormControl from '@mui/material/FormControl';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormHelperText from '@mui/material/FormHelperText';
import FormLabel from '@mui/material/FormLabel';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import Typography from '@mui/material/Typography';
import { Controller, useForm } from 'react-hook-form';
import * as v from 'valibot';
import { useCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { useInvoicesVoidMutation, type InvoiceView } from '../api';
import { useT } from '../locales/en';

/** Takes an invoice back; what becomes of the time on it has no default. */
export function VoidDialog({ invoice: i, onClose }: { invoice: InvoiceView; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const [voidIt] = useInvoicesVoidMutation();
  const hasTime = i.lines.some((l) => l.entries > 0);
  const paid = Number(i.paid.amount) > 0;
  const schema = v.object({ time: hasTime ? v.picklist(['release', 'write_off'], c('error.required')) : v.string(), reason: v.string() });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { time: '', reason: '' } });
  return (
    <FormDialog
      open
      title={t('void.title', { number: i.number })}
      form={form}
      submitLabel={t('void.do')}
      blocked={paid ? t('void.paid') : undefined}
      onClose={onClose}
      onSubmit={async ({ time, reason }) => {
        await voidIt({ id: i.id, invoiceVoid: { reason, ...(hasTime && { time: time as 'release' | 'write_off' }) } }).unwrap();
        toast(t('void.done', { number: i.number }));
        onClose();
      }}
    >
      <Typography>{t('void.text')}</Typography>
      {hasTime && (
        <Controller
          name="time"
          control={form.control}
          render={({ field, fieldState }) => (
            <FormControl error={fieldState.error !== undefined}>
              <FormLabel id="fate">{t('void.time')}</FormLabel>
              <RadioGroup aria-labelledby="fate" {...field}>
                <FormControlLabel value="release" control={<Radio />} label={t('void.release')} />
                <FormControlLabel value="write_off" control={<Radio />} label={t('void.write_off')} />
              </RadioGroup>
              {fieldState.error && <FormHelperText>{fieldState.error.message}</FormHelperText>}
            </FormControl>
          )}
        />
      )}
      <TextField name="reason" label={t('void.reason')} maxLength={500} />
    </FormDialog>
  );
}
