import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import MuiLink from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import { useForm, useWatch } from 'react-hook-form';
import { Link } from 'react-router';
import { useTimeSettingsChangeMutation, useTimeSettingsOpeningQuery, type OpeningView, type TimeSettingsView } from '../../../shared/api/gen/time.gen';
import { formatDay } from '../../../shared/lib/dates';
import { formatDuration } from '../../../shared/lib/duration';
import { FormDialog } from '../../../shared/ui/dialogs';
import { DateField, TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locale';

/** What an earlier closing day would contradict: shown before it is moved. */
function Contradictions({ opening: o }: { opening: OpeningView }) {
  const t = useT();
  if (!o.from || !o.to) return null;
  return (
    <Alert severity={o.billed_entries > 0 ? 'warning' : 'info'}>
      {t('time.opening', { from: formatDay(o.from), to: formatDay(o.to), count: o.entries, time: formatDuration(o.seconds) })}
      {o.approved_weeks > 0 && <Box>{t('time.openingApproved', { count: o.approved_weeks })}</Box>}
      {o.billed_entries > 0 && (
        <Box>
          {t('time.openingBilled', { count: o.billed_entries })}{' '}
          {o.invoice_ids.map((id, i) => <MuiLink key={id} component={Link} to={`/invoices/${id}`} sx={{ mr: 2 }}>{t('time.openingInvoice', { n: i + 1 })}</MuiLink>)}
        </Box>
      )}
    </Alert>
  );
}

/** Closes time up to a day, or opens it again: opening needs a reason. */
export function LockDialog({ settings, onClose }: { settings: TimeSettingsView; onClose: () => void }) {
  const t = useT();
  const [change] = useTimeSettingsChangeMutation();
  const was = settings.locked_through ?? '';
  const form = useForm({ defaultValues: { locked_through: was, reason: '' } });
  const to = useWatch({ control: form.control, name: 'locked_through' });
  const opens = was !== '' && to < was;
  const opening = useTimeSettingsOpeningQuery({ through: to || undefined }, { skip: !opens });
  return (
    <FormDialog
      open
      title={t('time.lockTitle')}
      form={form}
      submitLabel={t(opens ? 'time.open' : 'time.lock')}
      onClose={onClose}
      onSubmit={async ({ locked_through, reason }) => {
        await change({ 'If-Match': `"${settings.version}"`, timeSettingsChange: { locked_through, ...(opens && { reason }) } }).unwrap();
        toast(locked_through ? t('time.lockedToast', { day: formatDay(locked_through) }) : t('time.openedToast'));
        onClose();
      }}
    >
      <Typography sx={{ color: 'text.secondary' }}>{t('time.lockText')}</Typography>
      <DateField name="locked_through" label={t('time.lockThrough')} help={was ? t('time.lockHelp') : undefined} autoFocus />
      {opens && opening.currentData && <Contradictions opening={opening.currentData} />}
      {opens && <TextField name="reason" label={t('time.reason')} help={t('time.reasonHelp')} maxLength={500} multiline rows={2} required />}
    </FormDialog>
  );
}
