import { valibotResolver } from '@hookform/resolvers/valibot';
import Typography from '@mui/material/Typography';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { formatDay } from '../../../shared/lib/dates';
import { useCommon } from '../../../shared/lib/i18n';
import { formatMoney } from '../../../shared/lib/money';
import { FormDialog } from '../../../shared/ui/dialogs';
import { TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { usePaymentsVoidMutation, type PaymentView } from '../api';
import { useT } from '../locales/en';

/** Takes back a payment that never came: from every invoice that it was applied to. */
export function VoidPaymentDialog({ payment: p, onClose }: { payment: PaymentView; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const [voidIt] = usePaymentsVoidMutation();
  const schema = v.object({ reason: v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required'))) });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { reason: '' } });
  const numbers = [...new Set(p.allocations.filter((a) => !a.undone_at).map((a) => a.invoice_number))].join(', ');
  return (
    <FormDialog
      open
      title={t('voidPay.title', { amount: formatMoney(p.amount), day: formatDay(p.received_on) })}
      form={form}
      submitLabel={t('voidPay.do')}
      onClose={onClose}
      onSubmit={async ({ reason }) => {
        await voidIt({ id: p.id, paymentVoid: { reason } }).unwrap();
        toast(t('voidPay.done'));
        onClose();
      }}
    >
      <Typography>{numbers ? t('voidPay.text', { numbers }) : t('voidPay.textNone')}</Typography>
      <TextField name="reason" label={t('void.reason')} help={t('voidPay.reasonHelp')} maxLength={500} autoFocus required />
    </FormDialog>
  );
}
