import { valibotResolver } from '@hookform/resolvers/valibot';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useForm, useWatch } from 'react-hook-form';
import * as v from 'valibot';
import { relocated } from '../../../shared/api/problem';
import { formatDay, today } from '../../../shared/lib/dates';
import { useCommon } from '../../../shared/lib/i18n';
import { useMe } from '../../../shared/lib/me';
import { formatMoney } from '../../../shared/lib/money';
import { FormDialog } from '../../../shared/ui/dialogs';
import { DateField, MoneyField, SelectField, TextField } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { toast } from '../../../shared/ui/Toast';
import { usePaymentsRecordMutation, type StatementCurrency } from '../api';
import { useT } from '../locales/en';
import { methods, type Method } from '../model';
import { compare, less, oldestFirst, plus, zero } from '../spread';

/** One payment for many invoices: the oldest due date first, and what is more becomes credit of the client. */
export function PaymentManyDialog({ clientId, of, onClose }: { clientId: string; of: StatementCurrency; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const zone = useMe()?.agency.time_zone;
  const [record] = usePaymentsRecordMutation();
  const schema = v.object({
    amount: v.nullish(v.string()), received_on: v.pipe(v.string(), v.minLength(1, c('error.required'))), method: v.picklist(methods), reference: v.string(),
    allocations: v.array(v.object({ amount: v.nullish(v.string()) })),
  });
  const form = useForm({
    resolver: valibotResolver(schema),
    defaultValues: {
      amount: of.open.amount as string | null | undefined, received_on: today(zone), method: 'bank_transfer' as Method, reference: '',
      allocations: of.items.map((i) => ({ amount: i.open.amount as string | null | undefined })),
    },
  });
  const amount = useWatch({ control: form.control, name: 'amount' }) ?? '';
  const parts = useWatch({ control: form.control, name: 'allocations' });
  const applied = parts.reduce((sum, p) => plus(sum, p.amount ?? ''), zero);
  const rest = less(amount || '0', applied);
  const propose = () => {
    const shares = oldestFirst(form.getValues('amount') ?? '', of.items.map((i) => i.open.amount));
    shares.forEach((s, n) => form.setValue(`allocations.${n}.amount`, s));
  };
  const money = (x: string) => ({ amount: x, currency: of.currency });
  return (
    <FormDialog
      open
      title={t('payMany.title')}
      form={form}
      submitLabel={t('pay.do')}
      onClose={onClose}
      onSubmit={async (x) => {
        if (!x.amount) {
          form.setError('amount', { message: c('error.required') });
          return;
        }
        // Every row is sent, so that a refusal finds its field; rows without money are left out at the end only.
        const rows = x.allocations.map((a, n) => ({ n, amount: a.amount ?? '' })).filter((a) => a.amount !== '' && compare(a.amount, zero) !== 0);
        try {
          await record({
            newPayment: {
              client_id: clientId, amount: money(x.amount), received_on: x.received_on, method: x.method, reference: x.reference, keep_credit: true,
              allocations: rows.map((a) => ({ invoice_id: of.items[a.n]?.invoice_id ?? '', amount: money(a.amount) })),
            },
          }).unwrap();
        } catch (e) {
          // The server counts the parts that were sent; the fields are those of all rows, an amount each.
          throw relocated(e, (at) => at.replace(/allocations\[(\d+)\][.]\w+/, (_, n: string) => `allocations[${rows[Number(n)]?.n ?? n}].amount`));
        }
        toast(t('pay.done'));
        onClose();
      }}
    >
      <FieldRow>
        <Box onBlur={propose} sx={{ flex: 1 }}><MoneyField name="amount" label={t('pay.amount')} currency={of.currency} autoFocus required /></Box>
        <DateField name="received_on" label={t('pay.on')} required />
      </FieldRow>
      <FieldRow>
        <SelectField name="method" label={t('pay.method')} options={methods.map((m) => ({ value: m, label: t(`pay.methods.${m}`) }))} />
        <TextField name="reference" label={t('pay.reference')} maxLength={120} />
      </FieldRow>
      <Box role="group" aria-label={t('payMany.apply')} sx={{ display: 'grid', gap: 3 }}>
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('payMany.help')}</Typography>
        {of.items.map((i, n) => (
          <Box key={i.invoice_id} sx={{ display: 'grid', columnGap: 2, rowGap: 3, alignItems: 'center', gridTemplateColumns: { xs: '1fr', sm: 'minmax(0, 1fr) 180px' } }}>
            <Box>
              <Typography>{i.number}</Typography>
              <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('payMany.open', { open: formatMoney(i.open), day: formatDay(i.due_on) })}</Typography>
            </Box>
            <MoneyField name={`allocations.${n}.amount`} label={t('payMany.amountOf', { number: i.number })} currency={of.currency} />
          </Box>
        ))}
      </Box>
      <Typography aria-live="polite" sx={{ minHeight: 22, color: compare(rest, zero) < 0 ? 'error.main' : 'text.secondary' }}>
        {compare(rest, zero) > 0 && t('payMany.rest', { rest: formatMoney(money(rest)) })}
        {compare(rest, zero) < 0 && t('payMany.over', { over: formatMoney(money(less(zero, rest))) })}
      </Typography>
    </FormDialog>
  );
}
