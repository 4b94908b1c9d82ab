import { valibotResolver } from '@hookform/resolvers/valibot';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { useCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { SelectField, TextField } from '../../../shared/ui/fields';
import { useOpsOrdersPlaceMutation, type NewOpsOrder } from '../api';
import { useT } from '../locales/en';

const dues = ['14', '30'] as const;

/** Sells an implementation service, billed once. */
export function OrderDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const [place] = useOpsOrdersPlaceMutation();
  const schema = v.object({
    text: v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required')), v.maxLength(500)),
    amount: v.pipe(v.string(), v.regex(/^\d{4,5}(\.\d{1,2})?$/, c('error.amount'))), due_days: v.string(),
  });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { text: '', amount: '', due_days: '30' } });
  return (
    <FormDialog
      open
      title={t('billing.order')}
      form={form}
      submitLabel={t('billing.order')}
      onClose={onClose}
      onSubmit={async (x) => { await place({ id, newOpsOrder: { text: x.text, amount: x.amount, due_days: Number(x.due_days) as NewOpsOrder['due_days'] } }).unwrap(); onClose(); }}
    >
      <TextField name="text" label={t('billing.text')} maxLength={500} autoFocus required />
      <TextField name="amount" label={t('billing.amount')} help={t('billing.amountHelp')} required />
      <SelectField name="due_days" label={t('billing.due')} options={dues.map((d) => ({ value: d, label: t('billing.days', { count: Number(d) }) }))} />
    </FormDialog>
  );
}
