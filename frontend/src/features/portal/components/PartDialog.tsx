import Typography from '@mui/material/Typography';
import { useForm } from 'react-hook-form';
import { session } from '../../../shared/api/session';
import { useCommon } from '../../../shared/lib/i18n';
import { formatMoney, type MoneyValue } from '../../../shared/lib/money';
import { FormDialog } from '../../../shared/ui/dialogs';
import { MoneyField } from '../../../shared/ui/fields';
import { usePayInvoiceMutation } from '../api';
import { useT } from '../locales/en';

/** How much of an invoice is paid now. */
export function PartDialog({ id, open, onClose }: { id: string; open: MoneyValue; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const [pay] = usePayInvoiceMutation();
  const form = useForm({ defaultValues: { amount: '' as string | null } });
  return (
    <FormDialog
      open
      title={t('pay.title')}
      form={form}
      submitLabel={t('pay.go')}
      onClose={onClose}
      onSubmit={async ({ amount }) => {
        if (!amount) {
          form.setError('amount', { message: c('error.required') });
          return;
        }
        session.go((await pay({ id, body: { amount: { amount, currency: open.currency } } }).unwrap()).url);
      }}
    >
      <Typography>{t('pay.text', { sum: formatMoney(open) })}</Typography>
      <MoneyField name="amount" label={t('pay.amount')} currency={open.currency} autoFocus required />
    </FormDialog>
  );
}
