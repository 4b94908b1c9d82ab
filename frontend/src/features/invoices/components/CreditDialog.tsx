import Typography from '@mui/material/Typography';
import { useForm, useWatch } from 'react-hook-form';
import { formatDay, today } from '../../../shared/lib/dates';
import { useCommon } from '../../../shared/lib/i18n';
import { useMe } from '../../../shared/lib/me';
import { formatMoney } from '../../../shared/lib/money';
import { FormDialog } from '../../../shared/ui/dialogs';
import { DateField, MoneyField, SelectField } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { toast } from '../../../shared/ui/Toast';
import { usePaymentsApplyMutation, type InvoiceView, type PaymentView } from '../api';
import { useT } from '../locales/en';

/** Uses what is left of an earlier payment for this invoice. */
export function CreditDialog({ invoice: i, payments, onClose }: { invoice: InvoiceView; payments: [PaymentView, ...PaymentView[]]; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const zone = useMe()?.agency.time_zone;
  const [apply] = usePaymentsApplyMutation();
  // Only what stands in the field at first; the server refuses what is too much.
  const most = (p: PaymentView) => (Number(p.unapplied.amount) < Number(i.balance.amount) ? p.unapplied.amount : i.balance.amount);
  const form = useForm({ defaultValues: { payment: payments[0].id, allocations: [{ amount: most(payments[0]) as string | null }], applied_on: today(zone) } });
  const chosen = useWatch({ control: form.control, name: 'payment' });
  const payment = payments.find((p) => p.id === chosen) ?? payments[0];
  const label = (p: PaymentView) => t('credit.of', { left: formatMoney(p.unapplied), day: formatDay(p.received_on) });
  return (
    <FormDialog
      open
      title={t('credit.title')}
      form={form}
      submitLabel={t('credit.use')}
      onClose={onClose}
      onSubmit={async ({ allocations, applied_on }) => {
        const amount = allocations[0]?.amount;
        if (!amount) {
          form.setError('allocations.0.amount', { message: c('error.required') });
          return;
        }
        await apply({ id: payment.id, paymentApply: { applied_on, allocations: [{ invoice_id: i.id, amount: { amount, currency: i.currency } }] } }).unwrap();
        toast(t('credit.done'));
        onClose();
      }}
    >
      <Typography sx={{ color: 'text.secondary' }}>{t('pay.balance', { balance: formatMoney(i.balance) })}</Typography>
      {payments.length > 1 ? <SelectField name="payment" label={t('credit.from')} options={payments.map((p) => ({ value: p.id, label: label(p) }))} /> : <Typography>{label(payment)}</Typography>}
      <FieldRow>
        <MoneyField name="allocations.0.amount" label={t('credit.amount')} currency={i.currency} autoFocus required />
        <DateField name="applied_on" label={t('credit.on')} required />
      </FieldRow>
    </FormDialog>
  );
}
