import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import MoreIcon from '@mui/icons-material/MoreVertRounded';
import { useState } from 'react';
import { Link as To } from 'react-router';
import { formatDay } from '../../../shared/lib/dates';
import { useCan } from '../../../shared/lib/me';
import { formatMoney } from '../../../shared/lib/money';
import { ActionMenu, ConfirmDialog } from '../../../shared/ui/dialogs';
import { later } from '../../../shared/ui/later';
import { Money } from '../../../shared/ui/small';
import { ErrorState, Section, SkeletonRows } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { usePaymentsCreditQuery, usePaymentsListQuery, usePaymentsUndoMutation, type InvoiceView, type PaymentView } from '../api';
import { useT } from '../locales/en';

const CreditDialog = later(async () => (await import('./CreditDialog')).CreditDialog);
const RefundDialog = later(async () => (await import('./RefundDialog')).RefundDialog);
const WriteOffDialog = later(async () => (await import('./WriteOffDialog')).WriteOffDialog);
const VoidPaymentDialog = later(async () => (await import('./VoidPaymentDialog')).VoidPaymentDialog);

type Part = PaymentView['allocations'][number];

/** What was paid on this invoice, undone parts included. */
export function Payments({ invoice }: { invoice: InvoiceView }) {
  const t = useT();
  const writes = useCan()('invoicing.payments.write');
  const list = usePaymentsListQuery({ invoiceId: invoice.id, limit: 100 });
  const [undo] = usePaymentsUndoMutation();
  const [asking, setAsking] = useState<{ payment: PaymentView; part: Part } | null>(null);
  const [menu, setMenu] = useState<{ anchor: HTMLElement; payment: PaymentView; part: Part } | null>(null);
  const [voiding, setVoiding] = useState<PaymentView | null>(null);
  const [refunding, setRefunding] = useState<PaymentView | null>(null);
  const [givingUp, setGivingUp] = useState(false);
  const open = Number(invoice.balance.amount) > 0 && invoice.state === 'issued';
  const parts = list.data?.items.flatMap((payment) => payment.allocations.filter((a) => a.invoice_id === invoice.id).map((part) => ({ payment, part })));
  // A refund belongs to the payment: it is said once, at the part that still counts.
  const first = (p: PaymentView) => { const of = parts?.filter((x) => x.payment === p).map((x) => x.part); return of?.find((x) => !x.undone_at) ?? of?.[0]; };
  return (
    <Section title={t('pay.list')}>
      {list.error && !list.data ? <ErrorState error={list.error} onRetry={() => void list.refetch()} /> : parts === undefined ? <SkeletonRows label={t('pay.list')} rows={1} /> : parts.length === 0 ? (
        <Typography sx={{ color: 'text.secondary' }}>{t('pay.none')}</Typography>
      ) : (
        <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 3 }}>
          {parts.map(({ payment, part }) => (
            <Box component="li" key={part.id} sx={{ display: 'flex', gap: 3, alignItems: 'center' }}>
              <Box sx={{ flex: 1, minWidth: 0 }}>
                <Typography component="div">{formatDay(payment.received_on)} · {payment.credit_note_id ? <Link component={To} to={`/invoices/${payment.credit_note_id}`}>{t('note.value', { number: payment.reference })}</Link> : payment.on_line ? t('online.by') : t(`pay.methods.${payment.method}`)}</Typography>
                <Typography variant="body2" sx={{ color: 'text.secondary' }}>{[payment.credit_note_id ? '' : payment.reference, payment.voided_at ? t('voidPay.voided', { reason: payment.void_reason }) : part.undone_at ? t('pay.undone') : '', ...(first(payment) === part ? payment.refunds : []).map((r) => t(r.undone_at ? 'refund.undone' : 'refund.of', { amount: formatMoney(r.amount), day: formatDay(r.refunded_on) }))].filter(Boolean).join(' · ')}</Typography>
                {part.gain && Number(part.gain.amount) !== 0 && <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t(Number(part.gain.amount) > 0 ? 'rate.gain' : 'rate.loss', { sum: formatMoney({ ...part.gain, amount: part.gain.amount.replace('-', '') }) })}</Typography>}
              </Box>
              <Box component={part.undone_at ? 's' : 'span'} sx={{ color: part.undone_at ? 'text.secondary' : undefined }}><Money value={part.amount} /></Box>
              {!payment.voided_at && writes && !(payment.credit_note_id && part.undone_at && Number(payment.unapplied.amount) === 0) && (
                <IconButton size="small" aria-haspopup="menu" aria-label={t('pay.actions', { amount: formatMoney(part.amount), day: formatDay(payment.received_on) })} onClick={(e) => setMenu({ anchor: e.currentTarget, payment, part })}><MoreIcon fontSize="small" /></IconButton>
              )}
            </Box>
          ))}
        </Box>
      )}
      {writes && open && <Credit invoice={invoice} />}
      {writes && open && <Button size="small" color="inherit" sx={{ mt: 3 }} onClick={() => setGivingUp(true)}>{t('off.title')}</Button>}
      <ActionMenu
        open={menu !== null}
        anchor={menu?.anchor ?? null}
        onClose={() => setMenu(null)}
        actions={menu ? [...(menu.part.undone_at ? [] : [{ label: t('pay.undo'), run: () => setAsking(menu) }]), ...(Number(menu.payment.unapplied.amount) > 0 ? [{ label: t('refund.menu'), run: () => setRefunding(menu.payment) }] : []), ...(menu.payment.credit_note_id || menu.payment.on_line || menu.payment.refunds.length > 0 ? [] : [{ label: t('voidPay.do'), run: () => setVoiding(menu.payment) }])] : []}
      />
      {refunding && <RefundDialog payment={refunding} onClose={() => setRefunding(null)} />}
      {givingUp && <WriteOffDialog invoice={invoice} onClose={() => setGivingUp(false)} />}
      {voiding && <VoidPaymentDialog payment={voiding} onClose={() => setVoiding(null)} />}
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

/** What the client has left from earlier payments in the invoice's currency, and the way to use it. */
function Credit({ invoice }: { invoice: InvoiceView }) {
  const t = useT();
  const [using, setUsing] = useState(false);
  const left = usePaymentsListQuery({ clientId: invoice.client_id, unapplied: true, limit: 100 });
  const sum = usePaymentsCreditQuery({ clientId: invoice.client_id }).data?.items.find((m) => m.currency === invoice.currency);
  const [first, ...more] = left.data?.items.filter((p) => p.amount.currency === invoice.currency) ?? [];
  if (!sum || !first) return null;
  return (
    <Box sx={{ display: 'flex', gap: 3, alignItems: 'center', mt: 4, pt: 3, borderTop: 1, borderColor: 'divider' }}>
      <Typography sx={{ flex: 1, minWidth: 0 }}>{t('credit.has', { sum: formatMoney(sum) })}</Typography>
      <Button size="small" variant="outlined" onClick={() => setUsing(true)}>{t('credit.use')}</Button>
      {using && <CreditDialog invoice={invoice} payments={[first, ...more]} onClose={() => setUsing(false)} />}
    </Box>
  );
}
