import Typography from '@mui/material/Typography';
import { useForm } from 'react-hook-form';
import { formatDay, today } from '../../../shared/lib/dates';
import { useMe } from '../../../shared/lib/me';
import { formatMoney } from '../../../shared/lib/money';
import { FormDialog } from '../../../shared/ui/dialogs';
import { DateField, MoneyField, SelectField, TextField } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { toast } from '../../../shared/ui/Toast';
import { usePaymentsRefundMutation, type PaymentView } from '../api';
import { useT } from '../locales/en';
import { methods, type Method } from '../model';

/** Money that goes back: out of what is left of a payment or of a credit note. */
export function RefundDialog({ payment: p, onClose }: { payment: PaymentView; onClose: () => void }) {
  const t = useT();
  const zone = useMe()?.agency.time_zone;
  const [refund] = usePaymentsRefundMutation();
  const form = useForm({ defaultValues: { amount: p.unapplied.amount as string | null, refunded_on: today(zone), method: 'bank_transfer' as Method, reference: '', reason: '' } });
  return (
    <FormDialog
      open
      title={t('refund.title')}
      form={form}
      submitLabel={t('refund.do')}
      onClose={onClose}
      onSubmit={async ({ amount, ...x }) => {
        await refund({ id: p.id, newRefund: { ...x, ...(amount && { amount: { amount, currency: p.amount.currency } }) } }).unwrap();
        toast(t('refund.done'));
        onClose();
      }}
    >
      <Typography sx={{ color: 'text.secondary' }}>{t('credit.of', { left: formatMoney(p.unapplied), day: formatDay(p.received_on) })}</Typography>
      <FieldRow>
        <MoneyField name="amount" label={t('refund.amount')} currency={p.amount.currency} autoFocus required />
        <DateField name="refunded_on" label={t('refund.on')} required />
      </FieldRow>
      <FieldRow>
        <SelectField name="method" label={t('pay.method')} options={methods.map((m) => ({ value: m, label: t(`pay.methods.${m}`) }))} />
        <TextField name="reference" label={t('pay.reference')} maxLength={120} />
      </FieldRow>
      <TextField name="reason" label={t('void.reason')} maxLength={500} />
    </FormDialog>
  );
}
