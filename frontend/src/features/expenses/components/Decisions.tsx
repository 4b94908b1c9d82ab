import Alert from '@mui/material/Alert';
import { useForm } from 'react-hook-form';
import { useExpensesApproveMutation, useExpensesRejectMutation, type ExpenseView } from '../../../shared/api/gen/expenses.gen';
import { FormDialog } from '../../../shared/ui/dialogs';
import { TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locales/en';
import { ifMatch } from '../model';

type Props = { expense: ExpenseView; onClose: (done: boolean) => void };

export function BackDialog({ expense: e, onClose }: Props) {
  const t = useT();
  const [reject] = useExpensesRejectMutation();
  const form = useForm({ defaultValues: { reason: '' } });
  const send = async ({ reason }: { reason: string }) => {
    await reject({ id: e.id, 'If-Match': ifMatch(e.version), expenseRejection: { reason } }).unwrap();
    toast(t('approve.sentBack'));
    onClose(true);
  };
  return (
    <FormDialog open title={t('approve.backTitle')} form={form} onSubmit={send} onClose={() => onClose(false)} submitLabel={t('act.back')}>
      <TextField name="reason" label={t('approve.backReason')} help={t('approve.backHelp')} multiline rows={3} maxLength={500} autoFocus required />
    </FormDialog>
  );
}

export function OwnDialog({ expense: e, onClose }: Props) {
  const t = useT();
  const [approve] = useExpensesApproveMutation();
  const form = useForm({ defaultValues: { own_reason: '' } });
  const send = async ({ own_reason }: { own_reason: string }) => {
    await approve({ id: e.id, 'If-Match': ifMatch(e.version), expenseApproval: { own_reason } }).unwrap();
    toast(t('approve.done', { count: 1 }));
    onClose(true);
  };
  return (
    <FormDialog open title={t('approve.ownTitle')} form={form} onSubmit={send} onClose={() => onClose(false)} submitLabel={t('act.approve')}>
      <Alert severity="warning">{t('approve.ownWhy')}</Alert>
      <TextField name="own_reason" label={t('approve.ownReason')} multiline rows={2} maxLength={500} autoFocus required />
    </FormDialog>
  );
}
