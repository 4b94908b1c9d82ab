import { valibotResolver } from '@hookform/resolvers/valibot';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { tCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { DecimalField } from '../../../shared/ui/fields';
import { etag, useFeesChangeMutation, type FeeView } from '../api';
import { useT } from '../locales/en';

const schema = v.object({ percent: v.pipe(v.string(), v.trim(), v.minLength(1, () => tCommon('error.required'))) });

/** How much of the work is done: what may be billed follows from it. */
export function PercentDialog({ fee: f, onClose }: { fee: FeeView; onClose: () => void }) {
  const t = useT();
  const [change] = useFeesChangeMutation();
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { percent: f.percent } });
  return (
    <FormDialog
      open
      title={t('fee.setPercent')}
      form={form}
      submitLabel={t('fee.save')}
      onClose={onClose}
      onSubmit={async (x) => {
        await change({ id: f.id, 'If-Match': etag(f.version), feeChange: { percent: x.percent } }).unwrap();
        onClose();
      }}
    >
      <DecimalField name="percent" label={t('fee.done')} help={t('fee.percentHelp')} maxLength={10} autoFocus required />
    </FormDialog>
  );
}
