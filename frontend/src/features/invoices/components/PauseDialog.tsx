import { valibotResolver } from '@hookform/resolvers/valibot';
import Typography from '@mui/material/Typography';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { useCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { useRemindersPauseMutation } from '../api';
import { useT } from '../locales/en';

/** Stops the reminders of an invoice, such as while it is disputed. */
export function PauseDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const [pause] = useRemindersPauseMutation();
  const form = useForm({ resolver: valibotResolver(v.object({ reason: v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required'))) })), defaultValues: { reason: '' } });
  return (
    <FormDialog
      open
      title={t('remind.pauseTitle')}
      form={form}
      submitLabel={t('remind.pause')}
      onClose={onClose}
      onSubmit={async (reminderPause) => {
        await pause({ id, reminderPause }).unwrap();
        toast(t('remind.pausedDone'));
        onClose();
      }}
    >
      <Typography>{t('remind.pauseText')}</Typography>
      <TextField name="reason" label={t('void.reason')} maxLength={500} autoFocus required />
    </FormDialog>
  );
}
