import { useForm } from 'react-hook-form';
import { FormDialog } from '../../../shared/ui/dialogs';
import { DecimalField } from '../../../shared/ui/fields';
import { etag, useFeesChangeMutation, type FeeView } from '../api';
import { useT } from '../locales/en';

/** How much of each invoice the client keeps back until the end. */
export function RetainDialog({ fee: f, onClose }: { fee: FeeView; onClose: () => void }) {
  const t = useT();
  const [change] = useFeesChangeMutation();
  const form = useForm({ defaultValues: { retain_percent: f.retain_percent } });
  return (
    <FormDialog
      open
      title={t('fee.setRetain')}
      form={form}
      submitLabel={t('fee.save')}
      onClose={onClose}
      onSubmit={async (x) => {
        await change({ id: f.id, 'If-Match': etag(f.version), feeChange: { retain_percent: x.retain_percent || '0' } }).unwrap();
        onClose();
      }}
    >
      <DecimalField name="retain_percent" label={t('fee.retain')} help={t('fee.setRetainHelp')} maxLength={10} autoFocus />
    </FormDialog>
  );
}
