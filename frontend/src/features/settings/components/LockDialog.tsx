import Typography from '@mui/material/Typography';
import { useForm, useWatch } from 'react-hook-form';
import { useTimeSettingsChangeMutation, type TimeSettingsView } from '../../../shared/api/gen/time.gen';
import { formatDay } from '../../../shared/lib/dates';
import { FormDialog } from '../../../shared/ui/dialogs';
import { DateField, TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locale';

/** Closes time up to a day, or opens it again: opening needs a reason. */
export function LockDialog({ settings, onClose }: { settings: TimeSettingsView; onClose: () => void }) {
  const t = useT();
  const [change] = useTimeSettingsChangeMutation();
  const was = settings.locked_through ?? '';
  const form = useForm({ defaultValues: { locked_through: was, reason: '' } });
  const to = useWatch({ control: form.control, name: 'locked_through' });
  const opens = was !== '' && to < was;
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
      {opens && <TextField name="reason" label={t('time.reason')} help={t('time.reasonHelp')} maxLength={500} multiline rows={2} required />}
    </FormDialog>
  );
}
