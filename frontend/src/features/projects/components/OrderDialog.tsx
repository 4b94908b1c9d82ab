import { valibotResolver } from '@hookform/resolvers/valibot';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { today } from '../../../shared/lib/dates';
import { tCommon } from '../../../shared/lib/i18n';
import { useMe } from '../../../shared/lib/me';
import { formatMoney } from '../../../shared/lib/money';
import { FormDialog } from '../../../shared/ui/dialogs';
import { DateField, MoneyField, TextField } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { useChangeOrdersCreateMutation, type FeeView } from '../api';
import { useT } from '../locales/en';

const required = () => v.pipe(v.string(), v.trim(), v.minLength(1, () => tCommon('error.required')));
const schema = v.object({ number: required(), reason: required(), amount: v.nullish(v.string()), approved_by: required(), approved_on: required(), due_on: v.string() });

/** A change of the contract, more or less, and who agreed to it. */
export function OrderDialog({ fee: f, onClose }: { fee: FeeView; onClose: () => void }) {
  const t = useT();
  const zone = useMe()?.agency.time_zone;
  const [create] = useChangeOrdersCreateMutation();
  const form = useForm({
    resolver: valibotResolver(schema),
    defaultValues: { number: `CO-${f.orders.length + 1}`, reason: '', amount: null as string | null | undefined, approved_by: '', approved_on: today(zone), due_on: '' },
  });
  return (
    <FormDialog
      open
      title={t('fee.order')}
      form={form}
      submitLabel={t('fee.record')}
      onClose={onClose}
      onSubmit={async (x) => {
        if (!x.amount) {
          form.setError('amount', { message: tCommon('error.required') });
          return;
        }
        const { amount, due_on, ...rest } = x;
        await create({ id: f.id, newChangeOrder: { ...rest, amount: { amount, currency: f.contract.currency }, ...(due_on && { due_on }) } }).unwrap();
        onClose();
      }}
    >
      <FieldRow>
        <TextField name="number" label={t('fee.number')} maxLength={40} required />
        <MoneyField name="amount" label={t('fee.orderAmount')} help={t('fee.orderHelp', { left: formatMoney(f.left) })} currency={f.contract.currency} autoFocus required />
      </FieldRow>
      <TextField name="reason" label={t('fee.reason')} multiline rows={2} maxLength={1000} required />
      <FieldRow>
        <TextField name="approved_by" label={t('fee.approvedBy')} maxLength={200} required />
        <DateField name="approved_on" label={t('fee.approvedOn')} required />
        {f.kind === 'schedule' && <DateField name="due_on" label={t('fee.dueOn')} />}
      </FieldRow>
    </FormDialog>
  );
}
