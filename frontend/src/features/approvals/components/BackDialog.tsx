import { useForm } from 'react-hook-form';
import { useTimesheetsRejectMutation } from '../../../shared/api/gen/time.gen';
import { FormDialog } from '../../../shared/ui/dialogs';
import { TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import type { Back } from '../model';
import { useT } from '../locales/en';

export function BackDialog({ back, name, onClose }: { back: Back; name: string; onClose: () => void }) {
  const t = useT();
  const [reject] = useTimesheetsRejectMutation();
  const form = useForm({ defaultValues: { reason: '' } });
  const send = async ({ reason }: { reason: string }) => {
    await reject({ id: back.sheet.id, 'If-Match': `"${back.sheet.version}"`, rejectInput: { reason, entry_ids: back.entryIds } }).unwrap();
    toast(t('sentBack'));
    onClose();
  };
  return (
    <FormDialog open title={back.entryIds ? t('backLines', { count: back.entryIds.length }) : t('backTitle', { name })} form={form} onSubmit={send} onClose={onClose} submitLabel={t('back')}>
      <TextField name="reason" label={t('reason')} help={t('reasonHelp', { name })} multiline rows={3} maxLength={500} autoFocus required />
    </FormDialog>
  );
}
