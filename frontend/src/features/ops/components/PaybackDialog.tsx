import { valibotResolver } from '@hookform/resolvers/valibot';
import { useForm, useWatch } from 'react-hook-form';
import * as v from 'valibot';
import { formatDay } from '../../../shared/lib/dates';
import { useCommon } from '../../../shared/lib/i18n';
import { formatMoney } from '../../../shared/lib/money';
import { FormDialog } from '../../../shared/ui/dialogs';
import { SelectField, TextField } from '../../../shared/ui/fields';
import { useOpsPaybacksPlaceMutation, type OpsInvoice } from '../api';
import { useT } from '../locales/en';

/** Gives money back: to the card that paid an invoice, or towards the next invoices. */
export function PaybackDialog({ id, invoices, onClose }: { id: string; invoices: OpsInvoice[]; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const [place] = useOpsPaybacksPlaceMutation();
  const paid = invoices.filter((i) => Number(i.paid) > 0);
  const schema = v.object({
    kind: v.picklist(['credit', 'refund']), invoice_id: v.string(), amount: v.pipe(v.string(), v.regex(/^\d{1,5}(\.\d{1,2})?$/, c('error.amount'))),
    reason: v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required')), v.maxLength(500)),
  });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { kind: 'credit' as 'credit' | 'refund', invoice_id: paid[0]?.id ?? '', amount: '', reason: '' } });
  const kind = useWatch({ control: form.control, name: 'kind' });
  return (
    <FormDialog
      open
      title={t('billing.giveBack')}
      form={form}
      submitLabel={t('billing.giveBack')}
      onClose={onClose}
      onSubmit={async (x) => {
        await place({ id, newOpsPayback: { kind: x.kind, amount: x.amount, reason: x.reason, ...(x.kind === 'refund' && { invoice_id: x.invoice_id }) } }).unwrap();
        onClose();
      }}
    >
      <SelectField name="kind" label={t('billing.paybackKind')} options={(['credit', 'refund'] as const).filter((k) => k === 'credit' || paid.length > 0).map((k) => ({ value: k, label: t(`billing.paybackKinds.${k}`) }))} />
      {kind === 'refund' && <SelectField name="invoice_id" label={t('billing.invoice')} options={paid.map((i) => ({ value: i.id, label: `${i.number} · ${formatDay(i.created_at.slice(0, 10))} · ${formatMoney({ amount: i.paid, currency: i.currency })}` }))} />}
      <TextField name="amount" label={t('billing.amount')} help={t('billing.paybackHelp')} autoFocus required />
      <TextField name="reason" label={t('reason')} help={t('reasonHelp')} maxLength={500} required />
    </FormDialog>
  );
}
