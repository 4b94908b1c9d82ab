import Typography from '@mui/material/Typography';
import { useForm } from 'react-hook-form';
import { useTimesheetsRejectMutation } from '../../../shared/api/gen/time.gen';
import { FormDialog } from '../../../shared/ui/dialogs';
import { TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import type { Back } from '../model';
import { useT } from '../locales/en';

export function BackDialog({ back, name, onClose }: { back: Back; name: string; onClose: () => void }) {
  const t = useT();
  const reopens = back.sheet.state === 'approved';
  const title = reopens ? t('decided.reopenTitle', { name }) : back.entryIds ? t('backLines', { count: back.entryIds.length }) : t('backTitle', { name });
  const [reject] = useTimesheetsRejectMutation();
  const form = useForm({ defaultValues: { reason: '' } });
  const send = async ({ reason }: { reason: string }) => {
    await reject({ id: back.sheet.id, 'If-Match': `"${back.sheet.version}"`, rejectInput: { reason, entry_ids: back.entryIds } }).unwrap();
    toast(t(reopens ? 'decided.reopened' : 'sentBack'));
    onClose();
  };
  return (
    <FormDialog open title={title} form={form} onSubmit={send} onClose={onClose} submitLabel={t(reopens ? 'decided.reopen' : 'back')}>
      {reopens && <Typography sx={{ color: 'text.secondary' }}>{t('decided.reopenText', { name })}</Typography>}
      <TextField name="reason" label={t('reason')} help={t('reasonHelp', { name })} multiline rows={3} maxLength={500} autoFocus required />
    </FormDialog>
  );
}
