import { valibotResolver } from '@hookform/resolvers/valibot';
import Typography from '@mui/material/Typography';
import { useForm, useWatch } from 'react-hook-form';
import * as v from 'valibot';
import { relocated } from '../../../shared/api/problem';
import { today } from '../../../shared/lib/dates';
import { useCommon } from '../../../shared/lib/i18n';
import { useMe } from '../../../shared/lib/me';
import { formatMoney } from '../../../shared/lib/money';
import { FormDialog } from '../../../shared/ui/dialogs';
import { CheckboxField, DateField, MoneyField, SelectField, TextField } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { toast } from '../../../shared/ui/Toast';
import { usePaymentsRecordMutation, type InvoiceView } from '../api';
import { useT } from '../locales/en';
import { directions, methods, type Direction, type Method } from '../model';
import { RateFields } from './RateFields';

/** Money received for one invoice: all of it, a part, or more than it. */
export function PaymentDialog({ invoice: i, onClose }: { invoice: InvoiceView; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const zone = useMe()?.agency.time_zone;
  const [record] = usePaymentsRecordMutation();
  const schema = v.object({
    amount: v.nullish(v.string()), received_on: v.pipe(v.string(), v.minLength(1, c('error.required'))), method: v.picklist(methods), reference: v.string(), exchange_rate: v.string(), exchange_direction: v.picklist(directions), keep_credit: v.boolean(),
  });
  const form = useForm({
    resolver: valibotResolver(schema),
    defaultValues: { amount: i.balance.amount as string | null | undefined, received_on: today(zone), method: 'bank_transfer' as Method, reference: '', exchange_rate: '', exchange_direction: 'base_per_unit' as Direction, keep_credit: false },
  });
  const amount = useWatch({ control: form.control, name: 'amount' });
  const tooMuch = Number(amount ?? 0) > Number(i.balance.amount); // decides only what is shown; the server counts
  return (
    <FormDialog
      open
      title={t('pay.title')}
      form={form}
      submitLabel={t('pay.do')}
      onClose={onClose}
      onSubmit={async (x) => {
        if (!x.amount) {
          form.setError('amount', { message: c('error.required') });
          return;
        }
        const money = { amount: x.amount, currency: i.currency };
        // What goes to the one invoice has no field of its own.
        const sent = record({
          newPayment: {
            amount: money, received_on: x.received_on, method: x.method, reference: x.reference, keep_credit: x.keep_credit, ...(x.exchange_rate && { exchange_rate: x.exchange_rate, exchange_direction: x.exchange_direction }),
            allocations: [{ invoice_id: i.id, amount: tooMuch && x.keep_credit ? i.balance : money }],
          },
        }).unwrap();
        await sent.catch((e: unknown) => { throw relocated(e, (at) => at.replace(/allocations\[0\][.]\w+/, 'amount')); });
        toast(t('pay.done'));
        onClose();
      }}
    >
      <Typography sx={{ color: 'text.secondary' }}>{t('pay.balance', { balance: formatMoney(i.balance) })}</Typography>
      <FieldRow>
        <MoneyField name="amount" label={t('pay.amount')} currency={i.currency} autoFocus required />
        <DateField name="received_on" label={t('pay.on')} required />
      </FieldRow>
      {tooMuch && <CheckboxField name="keep_credit" label={t('pay.keep')} />}
      {i.exchange && i.exchange.base !== i.currency && <RateFields currency={i.currency} base={i.exchange.base} help={t('rate.payHelp')} />}
      <FieldRow>
        <SelectField name="method" label={t('pay.method')} options={methods.map((m) => ({ value: m, label: t(`pay.methods.${m}`) }))} />
        <TextField name="reference" label={t('pay.reference')} maxLength={120} />
      </FieldRow>
    </FormDialog>
  );
}
