import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { Link as To, useNavigate } from 'react-router';
import { formatDay } from '../../../shared/lib/dates';
import { useCan } from '../../../shared/lib/me';
import { formatMoney } from '../../../shared/lib/money';
import { later } from '../../../shared/ui/later';
import { Money } from '../../../shared/ui/small';
import { ErrorState, Section } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useLateFeesChargeMutation, useLateFeesOfInvoiceQuery, useLateFeesUnwaiveMutation, type InvoiceView, type LateFeeCharge } from '../api';
import { useT } from '../locales/en';
import { plus, zero } from '../spread';

const WaiveDialog = later(async () => (await import('./WaiveDialog')).WaiveDialog);
const list = { listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 2 } as const;

/** What late payment of an invoice has cost, and what it would cost now. */
export function LateCharges({ invoice: i }: { invoice: InvoiceView }) {
  const t = useT();
  const can = useCan();
  const go = useNavigate();
  const { data: l, error, refetch } = useLateFeesOfInvoiceQuery({ id: i.id });
  const [charge, charging] = useLateFeesChargeMutation();
  const [unwaive] = useLateFeesUnwaiveMutation();
  const [waiving, setWaiving] = useState<{ draft?: string; total: string } | null>(null);
  if (error && !l) return <Section title={t('late.list')}><ErrorState error={error} onRetry={() => void refetch()} /></Section>;
  if (!l || (!l.on && l.items.length === 0)) return null; // it is the last of the page, so nothing jumps when it comes
  const what = (x: { kind: 'interest' | 'step'; step: number; from: string | null; to: string | null }) =>
    x.kind === 'interest' ? t('late.interest', { from: formatDay(x.from ?? ''), to: formatDay(x.to ?? '') }) : t('late.step', { count: x.step });
  const drafts = [...new Set(l.items.filter((x) => !x.waived && !x.number).map((x) => x.document_id))].map((document) => {
    const on = l.items.filter((x) => x.document_id === document);
    return { document, sum: { amount: on.reduce((sum, x) => plus(sum, x.amount.amount), zero), currency: i.currency } };
  });
  const make = async () => {
    try {
      const draft = await charge({ id: i.id, lateFeeUntil: { until: l.until } }).unwrap();
      toast(t('late.charged'));
      void go(`/invoices/${draft.id}`);
    } catch (e) {
      toast.failed(e);
    }
  };
  const after = async () => {
    try {
      await unwaive({ id: i.id }).unwrap();
      toast(t('late.undone'));
    } catch (e) {
      toast.failed(e);
    }
  };
  const where = (x: LateFeeCharge) => (x.waived ? t('late.waivedWhy', { reason: x.reason }) : <Link component={To} to={`/invoices/${x.document_id}`}>{x.number || t('late.draft')}</Link>);
  return (
    <Section title={t('late.list')}>
      <Box sx={{ display: 'grid', gap: 3 }}>
        {l.items.length > 0 && (
          <Box component="ul" sx={list}>
            {l.items.map((x) => (
              <Row key={x.id} title={what(x)} amount={x.amount} struck={x.waived}><Typography variant="body2" sx={{ color: 'text.secondary' }}>{where(x)}</Typography></Row>
            ))}
          </Box>
        )}
        {l.due.length === 0 ? <Typography sx={{ color: 'text.secondary' }}>{t(`late.why.${l.why || 'nothing'}`)}</Typography> : (
          <>
            <Typography sx={{ fontWeight: 600 }}>{t('late.due')}</Typography>
            <Box component="ul" sx={list}>
              {l.due.map((x) => (
                <Row key={`${x.kind}-${x.step}-${x.from}`} title={what(x)} amount={x.amount}>
                  {x.parts.map((p) => <Typography key={p.open.amount} variant="body2" sx={{ color: 'text.secondary' }}>{t('late.days', { count: p.days, open: formatMoney(p.open) })}</Typography>)}
                </Row>
              ))}
            </Box>
            {Number(l.tax.amount) !== 0 && <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('late.withTax', { total: formatMoney(l.total) })}</Typography>}
          </>
        )}
        <Box sx={{ display: 'flex', gap: 2, flexWrap: 'wrap' }}>
          {l.due.length > 0 && can('invoicing.invoices.write') && <Button variant="outlined" size="small" loading={charging.isLoading} onClick={() => void make()}>{t('late.charge')} {formatMoney(l.total)}</Button>}
          {l.due.length > 0 && can('invoicing.invoices.issue') && <Button size="small" onClick={() => setWaiving({ total: formatMoney(l.net) })}>{t('late.waive')}</Button>}
          {drafts.map((d) => can('invoicing.invoices.issue') && <Button key={d.document} size="small" onClick={() => setWaiving({ draft: d.document, total: formatMoney(d.sum) })}>{t('late.waiveDraft')} ({formatMoney(d.sum)})</Button>)}
          {l.items.some((x) => x.waived) && can('invoicing.invoices.issue') && <Button size="small" onClick={() => void after()}>{t('late.undo')}</Button>}
        </Box>
      </Box>
      {waiving && <WaiveDialog id={i.id} draft={waiving.draft} total={waiving.total} onClose={() => setWaiving(null)} />}
    </Section>
  );
}

function Row({ title, amount, struck, children }: { title: string; amount: LateFeeCharge['amount']; struck?: boolean; children?: React.ReactNode }) {
  return (
    <Box component="li" sx={{ display: 'flex', gap: 3 }}>
      <Box sx={{ flex: 1, minWidth: 0, overflowWrap: 'anywhere' }}>{title}{children}</Box>
      <Box component={struck ? 's' : 'span'}><Money value={amount} /></Box>
    </Box>
  );
}
