import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useOnlinePaymentsListQuery, type OnlinePayment } from '../../../shared/api/gen/online-payments.gen';
import { formatDay, formatMoment, today } from '../../../shared/lib/dates';
import { useCan, useMe } from '../../../shared/lib/me';
import { formatMoney } from '../../../shared/lib/money';
import { later } from '../../../shared/ui/later';
import { Money, StatusChip, type Tone } from '../../../shared/ui/small';
import { Section } from '../../../shared/ui/states';
import type { InvoiceView } from '../api';
import { useT } from '../locales/en';

const OnLineRefundDialog = later(async () => (await import('./OnLineRefundDialog')).OnLineRefundDialog);
const tones: Record<OnlinePayment['state'], Tone> = { opening: 'neutral', open: 'neutral', processing: 'brand', paid: 'success', failed: 'danger', expired: 'neutral', held: 'warning' };
const refundTones = { asked: 'neutral', pending: 'brand', succeeded: 'success', failed: 'danger' } as const;
const disputeTones = { open: 'warning', won: 'success', lost: 'danger' } as const;

/** What clients tried to pay of this invoice on line, with what went back and what is disputed. */
export function OnLine({ invoice }: { invoice: InvoiceView }) {
  const t = useT();
  const zone = useMe()?.agency.time_zone;
  const refunds = useCan()('payments.refunds.write');
  const list = useOnlinePaymentsListQuery({ invoiceId: invoice.id });
  const day = (at: string) => formatDay(today(zone, new Date(at)));
  const [refunding, setRefunding] = useState<OnlinePayment | null>(null);
  const rows = list.data?.items.filter((a) => a.state !== 'expired' && a.state !== 'opening') ?? [];
  if (rows.length === 0) return null;
  return (
    <Section title={t('online.list')}>
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 4 }}>
        {rows.map((a) => (
          <Box component="li" key={a.id} sx={{ display: 'grid', gap: 2, overflowWrap: 'anywhere' }}>
            <Box sx={{ display: 'flex', gap: 2, alignItems: 'center', flexWrap: 'wrap' }}>
              <StatusChip label={t(`online.states.${a.state}`)} tone={tones[a.state]} />
              {a.disputes.map((d) => <StatusChip key={d.reference} label={t(`online.disputes.${d.state}`)} tone={disputeTones[d.state]} />)}
              <Box component="span" sx={{ ml: 'auto' }}><Money value={a.amount} /></Box>
            </Box>
            <Typography variant="body2" sx={{ color: 'text.secondary' }}>
              {[formatMoment(a.paid_at ?? a.created_at, zone), a.payer, a.method_text.replaceAll(' ', '\u00a0'), a.reference, a.fee && t('online.fee', { sum: formatMoney(a.fee) }), a.failure, a.held].filter(Boolean).join(' · ')}
            </Typography>
            {a.disputes.map((d) => (
              <Typography key={d.reference} variant="body2">
                {d.state === 'open'
                  ? [t('online.dispute', { sum: formatMoney(d.amount), reason: d.reason.replaceAll('_', ' ') }), d.answer_by && t('online.answerBy', { day: day(d.answer_by) })].filter(Boolean).join(' ')
                  : t(`online.ends.${d.state}`, { sum: formatMoney(d.amount), day: day(d.closed_at ?? d.opened_at) })}
              </Typography>
            ))}
            {a.refunds.map((r) => (
              <Box key={r.id} sx={{ display: 'flex', gap: 2, alignItems: 'center', flexWrap: 'wrap' }}>
                <StatusChip label={t(`online.refunds.${r.state}`)} tone={refundTones[r.state]} />
                <Typography variant="body2" sx={{ color: 'text.secondary' }}>{[formatMoney(r.amount), day(r.created_at), r.reason, r.failure].filter(Boolean).join(' · ')}</Typography>
              </Box>
            ))}
            {refunds && Number(a.left.amount) > 0 && !a.disputes.some((d) => d.state === 'open') && (
              <Box><Button size="small" variant="outlined" onClick={() => setRefunding(a)}>{t('online.refund')}</Button></Box>
            )}
          </Box>
        ))}
      </Box>
      {refunding && <OnLineRefundDialog payment={refunding} invoice={invoice} onClose={() => setRefunding(null)} />}
    </Section>
  );
}
