import Alert from '@mui/material/Alert';
import { useForm } from 'react-hook-form';
import { useTimesheetsApproveMutation, type TimesheetLine } from '../../../shared/api/gen/time.gen';
import { FormDialog } from '../../../shared/ui/dialogs';
import { TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locales/en';

export function OwnDialog({ sheet, onClose }: { sheet: TimesheetLine; onClose: () => void }) {
  const t = useT();
  const [approve] = useTimesheetsApproveMutation();
  const form = useForm({ defaultValues: { own_reason: '' } });
  const send = async ({ own_reason }: { own_reason: string }) => {
    await approve({ id: sheet.id, 'If-Match': `"${sheet.version}"`, approveInput: { own_reason } }).unwrap();
    toast(t('approved', { count: 1 }));
    onClose();
  };
  return (
    <FormDialog open title={t('ownTitle')} form={form} onSubmit={send} onClose={onClose} submitLabel={t('approve')}>
      <Alert severity="warning">{t('ownWhy')}</Alert>
      <TextField name="own_reason" label={t('ownReason')} multiline rows={2} maxLength={500} autoFocus required />
    </FormDialog>
  );
}
