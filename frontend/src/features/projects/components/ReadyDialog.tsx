import { useForm } from 'react-hook-form';
import { FormDialog } from '../../../shared/ui/dialogs';
import { TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { useFeePartsReadyMutation, type FeePart } from '../api';
import { useT } from '../locales/en';

/** The changes that a client asked for are made: they are asked again. */
export function ReadyDialog({ part: p, onClose }: { part: FeePart; onClose: () => void }) {
  const t = useT();
  const [ready] = useFeePartsReadyMutation();
  const form = useForm({ defaultValues: { note: '' } });
  return (
    <FormDialog
      open
      title={t('fee.readyTitle', { name: p.name })}
      form={form}
      submitLabel={t('fee.ready')}
      onClose={onClose}
      onSubmit={async ({ note }) => {
        await ready({ id: p.id, feePartReady: { note } }).unwrap();
        toast(t('fee.readyDone', { name: p.name }));
        onClose();
      }}
    >
      <TextField name="note" label={t('fee.readyNote')} help={t('fee.readyHelp')} multiline rows={4} maxLength={4000} autoFocus />
    </FormDialog>
  );
}
