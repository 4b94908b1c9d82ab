import { valibotResolver } from '@hookform/resolvers/valibot';
import Button from '@mui/material/Button';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import Typography from '@mui/material/Typography';
import { useForm, useWatch } from 'react-hook-form';
import * as v from 'valibot';
import { formatDay } from '../../../shared/lib/dates';
import { formatDuration } from '../../../shared/lib/duration';
import { useCommon } from '../../../shared/lib/i18n';
import { formatMoney } from '../../../shared/lib/money';
import { FormDialog } from '../../../shared/ui/dialogs';
import { DurationField, MoneyField, SelectField, TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { useReviewSettingsQuery, useReviewUnwriteMutation, useReviewWriteMutation, type InvoiceEntry, type InvoiceLineView, type InvoiceView } from '../api';
import { useT } from '../locales/en';
import { ifMatch } from '../model';

/** Writes an entry, or all time of a line, up or down: to hours or to an amount. */
export function WriteDialog({ invoice: i, line: l, entry: e, onClose }: { invoice: InvoiceView; line: InvoiceLineView; entry: InvoiceEntry | null; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const settings = useReviewSettingsQuery();
  const [write] = useReviewWriteMutation();
  const [unwrite] = useReviewUnwriteMutation();
  const schema = v.object({ by: v.picklist(['hours', 'amount']), seconds: v.nullish(v.number()), amount: v.nullish(v.string()), reason: v.pipe(v.string(), v.minLength(1, c('error.required'))), note: v.string() });
  const form = useForm({
    resolver: valibotResolver(schema),
    defaultValues: { by: 'hours' as 'hours' | 'amount', seconds: (e ? e.billed_seconds : l.seconds) as number | null | undefined, amount: (e ? e.worth.amount : l.amount.amount) as string | null | undefined, reason: e?.reason ?? '', note: e?.write_note ?? '' },
  });
  const by = useWatch({ control: form.control, name: 'by' });
  const at = { id: i.id, lineId: l.id, 'If-Match': ifMatch(i.version), ...(e && { entryId: e.entry_id }) };
  const restore = async () => {
    try {
      await unwrite(at).unwrap();
      toast(t('worked.restored'));
      onClose();
    } catch (x) {
      toast.failed(x);
    }
  };
  const raw = e ? e.raw_seconds : l.raw_seconds;
  const written = e ? e.written : l.written > 0;
  return (
    <FormDialog
      open
      title={t('worked.writeTitle')}
      form={form}
      submitLabel={t('worked.save')}
      extra={written && <Button onClick={() => void restore()}>{t('worked.restore')}</Button>}
      onClose={onClose}
      onSubmit={async (x) => {
        const to = x.by === 'hours' ? { seconds: x.seconds ?? 0 } : { amount: { amount: x.amount ?? '', currency: i.currency } };
        await write({ id: i.id, 'If-Match': ifMatch(i.version), invoiceWrite: { ...to, line_id: l.id, ...(e && { entry_id: e.entry_id }), reason: x.reason, note: x.note } }).unwrap();
        toast(t('worked.done'));
        onClose();
      }}
    >
      <Typography>{e ? [e.day && formatDay(e.day), e.member_name, e.note].filter(Boolean).join(' · ') : l.description}</Typography>
      <Typography sx={{ color: 'text.secondary' }}>{t('worked.was', { raw: formatDuration(raw), standard: formatMoney(e ? e.standard : l.standard) })}</Typography>
      <ToggleButtonGroup exclusive fullWidth size="small" aria-label={t('worked.by')} value={by} onChange={(_, x: 'hours' | 'amount' | null) => x && form.setValue('by', x)}>
        <ToggleButton value="hours">{t('worked.byHours')}</ToggleButton>
        <ToggleButton value="amount">{t('worked.byAmount')}</ToggleButton>
      </ToggleButtonGroup>
      {by === 'hours' ? <DurationField name="seconds" label={t('worked.hours')} required /> : <MoneyField name="amount" label={t('worked.amount')} help={t('worked.amountHelp')} currency={i.currency} required />}
      <SelectField name="reason" label={t('worked.reason')} options={(settings.data?.reasons ?? []).map((x) => ({ value: x, label: x }))} />
      <TextField name="note" label={t('worked.note')} help={t('worked.noteHelp')} maxLength={500} />
    </FormDialog>
  );
}
