import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { useCan } from '../../../shared/lib/me';
import { formatMoney } from '../../../shared/lib/money';
import { FormDialog } from '../../../shared/ui/dialogs';
import { SelectField } from '../../../shared/ui/fields';
import { useLateFeesChargeManyMutation, type LateFeeOutcome, type LateFeesOfMany, type OverdueInvoice } from '../api';
import { toast } from '../../../shared/ui/Toast';
import { sumsOf } from '../latefees';
import { useT } from '../locales/en';

type Became = { of: OverdueInvoice; one: LateFeeOutcome };
const atOnce = 20;

/** Charges late fees of many invoices: how far their documents go, then some at a time. */
export function ChargeDialog({ invoices, onClose, onDone }: { invoices: OverdueInvoice[]; onClose: () => void; onDone: (all: Became[]) => void }) {
  const t = useT();
  const issues = useCan()('invoicing.invoices.issue');
  const [charge] = useLateFeesChargeManyMutation();
  const [done, setDone] = useState(0);
  const form = useForm<{ how: NonNullable<LateFeesOfMany['how']> }>({ defaultValues: { how: 'draft' } });
  return (
    <FormDialog
      open
      title={t('late.many.title', { count: invoices.length })}
      form={form}
      submitLabel={t('late.charge')}
      onClose={onClose}
      onSubmit={async ({ how }) => {
        const all: Became[] = [];
        try {
          for (let n = 0; n < invoices.length; n += atOnce) {
            const some = invoices.slice(n, n + atOnce);
            const { items } = await charge({ lateFeesOfMany: { invoice_ids: some.map((i) => i.id), how } }).unwrap();
            some.forEach((of, k) => items[k] && all.push({ of, one: items[k] }));
            setDone(n + some.length);
          }
        } catch (e) {
          if (all.length === 0) throw e;
          toast.failed(e); // those that were charged are told of
        }
        onDone(all);
      }}
    >
      <Typography>{t('late.many.text', { sum: sumsOf(invoices).map((m) => formatMoney(m)).join(' + ') })}</Typography>
      <SelectField name="how" label={t('late.many.how')} options={(issues ? (['draft', 'issue', 'send'] as const) : (['draft'] as const)).map((value) => ({ value, label: t(`late.many.hows.${value}`) }))} />
      {done > 0 && <Typography role="status">{t('late.many.progress', { done, count: invoices.length })}</Typography>}
    </FormDialog>
  );
}
