import Box from '@mui/material/Box';
import Checkbox from '@mui/material/Checkbox';
import FormControl from '@mui/material/FormControl';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormHelperText from '@mui/material/FormHelperText';
import FormLabel from '@mui/material/FormLabel';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import Typography from '@mui/material/Typography';
import { Controller, useForm, useWatch } from 'react-hook-form';
import { useNavigate } from 'react-router';
import { useDebounced } from '../../../shared/lib/hooks';
import { useCommon } from '../../../shared/lib/i18n';
import { formatMoney } from '../../../shared/lib/money';
import { Totals } from '../../../shared/paper/Totals';
import { FormDialog } from '../../../shared/ui/dialogs';
import { CheckboxField, MoneyField, TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { useCreditPaperQuery, useCreditsIssueMutation, type CreditableLine, type InvoiceView, type NewCreditNote } from '../api';
import { useT } from '../locales/en';

type Values = { lines: { amount: string | null }[]; reason: string; time: string; reissue: boolean };

const some = (amount: string | null | undefined) => Number(amount ?? 0) !== 0;

/** Takes back lines of an issued invoice, in whole or in part. */
export function CreditNoteDialog({ invoice: i, lines: all, onClose }: { invoice: InvoiceView; lines: CreditableLine[]; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const navigate = useNavigate();
  const [issue] = useCreditsIssueMutation();
  const open = all.filter((l) => some(l.left.amount));
  const form = useForm<Values>({ defaultValues: { lines: open.map((l) => ({ amount: l.left.amount })), reason: '', time: '', reissue: false } });
  const written = useWatch({ control: form.control, name: 'lines' });
  const reissue = useWatch({ control: form.control, name: 'reissue' });
  const amounts = useDebounced(written, 300);
  const whole = open.filter((l, n) => Number(written[n]?.amount) === Number(l.left.amount));
  const hasTime = !reissue && whole.some((l) => l.entries > 0);
  const taken = (x: { amount: string | null }[]): NewCreditNote['lines'] =>
    open.map((l, n) => ({ line_id: l.line_id, amount: { amount: x[n]?.amount ?? '0', currency: i.currency } }));
  const nothing = !amounts.some((x) => some(x.amount));
  const paper = useCreditPaperQuery({ id: i.id, newCreditNote: { lines: taken(amounts) } }, { skip: nothing });
  return (
    <FormDialog
      open
      wide
      title={t('note.title', { number: i.number })}
      form={form}
      submitLabel={t('note.do')}
      blocked={open.length === 0 ? t('note.allGone') : undefined}
      stopped={nothing}
      onClose={onClose}
      onSubmit={async (x) => {
        if (hasTime && x.time === '') {
          form.setError('time', { message: c('error.required') });
          return;
        }
        const made = await issue({
          id: i.id,
          newCreditNote: { lines: taken(x.lines), reason: x.reason, ...(hasTime && { time: x.time as 'release' | 'keep' }), ...(x.reissue && { reissue: true }) },
        }).unwrap();
        toast(t('note.done', { number: made.credit_note.number }));
        onClose();
        await navigate(`/invoices/${made.draft_id || made.credit_note.id}`);
      }}
    >
      <Typography>{t('note.text')}</Typography>
      <Box component="ul" aria-label={t('draft.lines')} sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 3 }}>
        {open.map((l, n) => (
          <Box component="li" key={l.line_id} sx={{ display: 'grid', gridTemplateColumns: { xs: 'auto 1fr', sm: 'auto 1fr 200px' }, columnGap: 2, rowGap: 3, alignItems: 'center' }}>
            <Checkbox
              checked={some(written[n]?.amount)}
              slotProps={{ input: { 'aria-label': l.description } }}
              onChange={(_, on) => form.setValue(`lines.${n}.amount`, on ? l.left.amount : null, { shouldDirty: true })}
            />
            <Box sx={{ minWidth: 0, overflowWrap: 'anywhere' }}>
              {l.description}
              <Typography variant="body2" sx={{ color: 'text.secondary' }}>
                {l.left.amount === l.billed.amount ? t('note.billed', { billed: formatMoney(l.billed) }) : t('note.left', { left: formatMoney(l.left), billed: formatMoney(l.billed) })}
              </Typography>
            </Box>
            <Box sx={{ gridColumn: { xs: 2, sm: 'auto' } }}><MoneyField name={`lines.${n}.amount`} label={t('note.amount')} currency={i.currency} /></Box>
          </Box>
        ))}
      </Box>
      <Box aria-live="polite" sx={{ ml: { sm: 'auto' }, width: { xs: '100%', sm: 320 }, minHeight: 84, opacity: paper.isFetching ? 0.6 : 1 }}>
        {!nothing && paper.data && <Totals of={paper.data.document} />}
      </Box>
      <TextField name="reason" label={t('note.reason')} help={t('note.reasonHelp')} maxLength={500} />
      {whole.length === open.length && <CheckboxField name="reissue" label={t('note.reissue')} help={t('note.reissueHelp')} />}
      {hasTime && (
        <Controller
          name="time"
          control={form.control}
          render={({ field, fieldState }) => (
            <FormControl error={fieldState.error !== undefined}>
              <FormLabel id="credited-time">{t('note.time')}</FormLabel>
              <RadioGroup aria-labelledby="credited-time" {...field}>
                <FormControlLabel value="release" control={<Radio />} label={t('void.release')} />
                <FormControlLabel value="keep" control={<Radio />} label={t('note.keep')} />
              </RadioGroup>
              {fieldState.error && <FormHelperText>{fieldState.error.message}</FormHelperText>}
            </FormControl>
          )}
        />
      )}
    </FormDialog>
  );
}
