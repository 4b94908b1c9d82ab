import { useForm } from 'react-hook-form';
import { useApprovalsDecideMutation, type TimesheetLine } from '../../../shared/api/gen/time.gen';
import { FormDialog } from '../../../shared/ui/dialogs';
import { TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locales/en';

/** Many weeks go back with one reason. */
export function BackManyDialog({ sheets, onClose, onDone }: { sheets: TimesheetLine[]; onClose: () => void; onDone: () => void }) {
  const t = useT();
  const [decide] = useApprovalsDecideMutation();
  const form = useForm({ defaultValues: { reason: '' } });
  const send = async ({ reason }: { reason: string }) => {
    const done = await decide({ decideManyInput: { decision: 'send_back', reason, items: sheets.map((s) => ({ id: s.id, version: s.version })) } }).unwrap();
    if (done.failed > 0) toast(t('bulk.someBack', { done: done.done, failed: done.failed, why: done.items.find((x) => x.problem)?.problem?.detail ?? '' }), { tone: 'error' });
    else toast(t('bulk.sentBack', { count: done.done }));
    onDone();
    onClose();
  };
  return (
    <FormDialog open title={t('bulk.back', { count: sheets.length })} form={form} onSubmit={send} onClose={onClose} submitLabel={t('back')}>
      <TextField name="reason" label={t('reason')} help={t('bulk.reasonHelp')} multiline rows={3} maxLength={500} autoFocus required />
    </FormDialog>
  );
}
