import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { formatDay } from '../../../shared/lib/dates';
import { useCan } from '../../../shared/lib/me';
import { formatMoney } from '../../../shared/lib/money';
import { ConfirmDialog } from '../../../shared/ui/dialogs';
import { Money } from '../../../shared/ui/small';
import { ErrorState, Section, SkeletonRows } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { usePaymentsListQuery, usePaymentsUndoMutation, type InvoiceView, type PaymentView } from '../api';
import { useT } from '../locales/en';

type Part = PaymentView['allocations'][number];

/** What was paid on this invoice, undone parts included. */
export function Payments({ invoice }: { invoice: InvoiceView }) {
  const t = useT();
  const can = useCan();
  const list = usePaymentsListQuery({ invoiceId: invoice.id, limit: 100 });
  const [undo] = usePaymentsUndoMutation();
  const [asking, setAsking] = useState<{ payment: PaymentView; part: Part } | null>(null);
  const parts = list.data?.items.flatMap((payment) => payment.allocations.filter((a) => a.invoice_id === invoice.id).map((part) => ({ payment, part })));
  return (
    <Section title={t('pay.list')}>
      {list.error && !list.data ? <ErrorState error={list.error} onRetry={() => void list.refetch()} /> : parts === undefined ? <SkeletonRows label={t('pay.list')} rows={1} /> : parts.length === 0 ? (
        <Typography sx={{ color: 'text.secondary' }}>{t('pay.none')}</Typography>
      ) : (
        <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 3 }}>
          {parts.map(({ payment, part }) => (
            <Box component="li" key={part.id} sx={{ display: 'flex', gap: 3, alignItems: 'center' }}>
              <Box sx={{ flex: 1, minWidth: 0 }}>
                <Typography component="div">{formatDay(payment.received_on)} · {t(`pay.methods.${payment.method}`)}</Typography>
                <Typography variant="body2" sx={{ color: 'text.secondary' }}>{[payment.reference, part.undone_at ? t('pay.undone') : ''].filter(Boolean).join(' · ')}</Typography>
              </Box>
              <Box component={part.undone_at ? 's' : 'span'} sx={{ color: part.undone_at ? 'text.secondary' : undefined }}><Money value={part.amount} /></Box>
              {!part.undone_at && can('invoicing.payments.write') && <Button size="small" onClick={() => setAsking({ payment, part })}>{t('pay.undo')}</Button>}
            </Box>
          ))}
        </Box>
      )}
      <ConfirmDialog
        open={asking !== null}
        title={t('pay.undoTitle')}
        text={t('pay.undoText', { amount: formatMoney(asking?.part.amount) })}
        confirmLabel={t('pay.undo')}
        onClose={() => setAsking(null)}
        onConfirm={async () => {
          if (!asking) return;
          await undo({ id: asking.payment.id, allocationId: asking.part.id, paymentUndo: {} }).unwrap();
          toast(t('pay.undoDone'));
        }}
      />
    </Section>
  );
}
