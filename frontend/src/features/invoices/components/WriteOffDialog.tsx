import { valibotResolver } from '@hookform/resolvers/valibot';
import Typography from '@mui/material/Typography';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { today } from '../../../shared/lib/dates';
import { useCommon } from '../../../shared/lib/i18n';
import { useMe } from '../../../shared/lib/me';
import { formatMoney } from '../../../shared/lib/money';
import { FormDialog } from '../../../shared/ui/dialogs';
import { DateField, MoneyField, TextField } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { toast } from '../../../shared/ui/Toast';
import { useWriteOffsAddMutation, type InvoiceView } from '../api';
import { useT } from '../locales/en';

/** Gives up what is open of an invoice, or a part of it. */
export function WriteOffDialog({ invoice: i, onClose }: { invoice: InvoiceView; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const zone = useMe()?.agency.time_zone;
  const [add] = useWriteOffsAddMutation();
  const schema = v.object({ amount: v.nullish(v.string()), written_on: v.string(), reason: v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required'))) });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { amount: i.balance.amount as string | null | undefined, written_on: today(zone), reason: '' } });
  return (
    <FormDialog
      open
      title={t('off.title')}
      form={form}
      submitLabel={t('off.do')}
      onClose={onClose}
      onSubmit={async (x) => {
        await add({ id: i.id, newWriteOff: { reason: x.reason, ...(x.amount && { amount: { amount: x.amount, currency: i.currency } }), ...(x.written_on && { written_on: x.written_on }) } }).unwrap();
        toast(t('off.done'));
        onClose();
      }}
    >
      <Typography sx={{ color: 'text.secondary' }}>{t('pay.balance', { balance: formatMoney(i.balance) })}</Typography>
      <FieldRow>
        <MoneyField name="amount" label={t('off.amount')} currency={i.currency} required />
        <DateField name="written_on" label={t('off.on')} required />
      </FieldRow>
      <TextField name="reason" label={t('void.reason')} help={t('off.reasonHelp')} maxLength={500} autoFocus required />
    </FormDialog>
  );
}
