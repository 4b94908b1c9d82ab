import { valibotResolver } from '@hookform/resolvers/valibot';
import Typography from '@mui/material/Typography';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { useOnlinePaymentsRefundMutation, type OnlinePayment } from '../../../shared/api/gen/online-payments.gen';
import { useCommon } from '../../../shared/lib/i18n';
import { formatMoney } from '../../../shared/lib/money';
import { FormDialog } from '../../../shared/ui/dialogs';
import { MoneyField, TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import type { InvoiceView } from '../api';
import { useT } from '../locales/en';

/** Money that goes back the way it came. */
export function OnLineRefundDialog({ payment: p, invoice, onClose }: { payment: OnlinePayment; invoice: InvoiceView; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const [refund] = useOnlinePaymentsRefundMutation();
  const schema = v.object({ amount: v.pipe(v.nullish(v.string()), v.check((a) => Boolean(a), c('error.required'))), reason: v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required'))) });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { amount: p.left.amount as string | null | undefined, reason: '' } });
  return (
    <FormDialog
      open
      title={t('online.refund')}
      form={form}
      submitLabel={t('online.refundDo')}
      onClose={onClose}
      onSubmit={async ({ amount, reason }) => {
        await refund({ id: p.id, newOnlineRefund: { amount: { amount: amount ?? '', currency: p.amount.currency }, reason } }).unwrap();
        toast(t('online.refundDone'));
        onClose();
      }}
    >
      <Typography sx={{ color: 'text.secondary' }}>{t('online.refundText', { left: formatMoney(p.left), number: invoice.number })}</Typography>
      <MoneyField name="amount" label={t('refund.amount')} currency={p.amount.currency} autoFocus required />
      <TextField name="reason" label={t('void.reason')} maxLength={500} required />
    </FormDialog>
  );
}
