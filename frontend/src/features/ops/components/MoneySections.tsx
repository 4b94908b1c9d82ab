import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import { useState } from 'react';
import { formatDay } from '../../../shared/lib/dates';
import { CardRow, DataTable } from '../../../shared/ui/DataTable';
import { later } from '../../../shared/ui/later';
import { Facts, Money, StatusChip } from '../../../shared/ui/small';
import { EmptyState, Section } from '../../../shared/ui/states';
import { useOpsPaybacksApproveMutation, useOpsPaybacksCancelMutation, type OpsBilling, type OpsInvoice, type OpsPayback } from '../api';
import { useT } from '../locales/en';
import { said } from '../model';
import { Decision } from './Decision';

const PaybackDialog = later(async () => (await import('./PaybackDialog')).PaybackDialog);
const TermsDialog = later(async () => (await import('./TermsDialog')).TermsDialog);

const dayOf = (iso: string) => formatDay(iso.slice(0, 10));

/** What the agency was billed, what was given back, and by which terms. */
export function MoneySections({ id, bill: b }: { id: string; bill: OpsBilling }) {
  const t = useT();
  const [open, setOpen] = useState<'payback' | 'terms' | null>(null);
  const [approve] = useOpsPaybacksApproveMutation();
  const [cancel] = useOpsPaybacksCancelMutation();
  const state = (p: OpsPayback) => <StatusChip label={t(`billing.paybackStates.${p.state}`)} tone={p.state === 'done' ? 'success' : p.state === 'failed' ? 'danger' : 'neutral'} />;
  const number = (i: OpsInvoice) => (i.url ? <Link href={i.url} target="_blank" rel="noopener" underline="always">{i.number || i.id}</Link> : i.number || i.id);
  return (
    <>
      <Section title={t('billing.terms')} action={<Button size="small" onClick={() => setOpen('terms')}>{t('billing.change')}</Button>}>
        <Facts items={[
          [t('billing.collection'), t(`billing.collections.${b.terms.collection}`)], [t('billing.contractSeats'), b.terms.seats || t('none')],
          ...(b.terms.collection === 'true_up' ? [[t('billing.ceiling'), b.terms.seat_ceiling || t('none')] as [string, number | string]] : []),
        ]} />
      </Section>
      <Section title={t('billing.paybacks')} pad={false} action={<Button size="small" onClick={() => setOpen('payback')}>{t('billing.giveBack')}</Button>}>
        <DataTable
          label={t('billing.paybacks')}
          rows={b.paybacks}
          getId={(p) => p.id}
          columns={[
            { key: 'kind', header: t('billing.paybackKind'), cell: (p) => t(`billing.paybackKinds.${p.kind}`) },
            { key: 'why', header: t('reason'), cell: (p) => p.error || p.reason, width: 'minmax(0, 2fr)' },
            { key: 'amount', header: t('billing.amount'), cell: (p) => <Money value={p} cents />, numeric: true },
            { key: 'state', header: t('agencies.state'), cell: state },
            { key: 'by', header: t('billing.by'), cell: (p) => p.requested_by, from: 'md' },
            { key: 'approved', header: t('billing.approvedBy'), cell: (p) => p.approved_by, from: 'lg' },
          ]}
          card={(p) => <CardRow title={`${t(`billing.paybackKinds.${p.kind}`)}: ${p.reason}`} end={<Money value={p} cents />} sub={p.error || p.requested_by} state={state(p)} />}
          actionsWidth="208px"
          actions={(p) => p.state === 'waiting' && <Decision request={p} takeBack={t('billing.takeBack')} onApprove={() => approve({ id, paybackId: p.id })} onCancel={() => cancel({ id, paybackId: p.id })} />}
          empty={<EmptyState title={t('billing.paybacksEmpty')} />}
        />
      </Section>
      {b.quarters.length > 0 && (
        <Section title={t('billing.quarters')} pad={false}>
          <DataTable
            label={t('billing.quarters')}
            rows={b.quarters}
            getId={(q) => q.quarter}
            columns={[
              { key: 'quarter', header: t('billing.quarter'), cell: (q) => t('billing.from', { day: formatDay(q.quarter) }) },
              { key: 'seats', header: t('billing.seats'), cell: (q) => t('billing.peakOf', { peak: q.peak, licensed: q.licensed }) },
              { key: 'amount', header: t('billing.amount'), cell: (q) => <Money value={q} cents />, numeric: true },
              { key: 'state', header: t('agencies.state'), cell: (q) => said(q.state), from: 'md' },
            ]}
            card={(q) => <CardRow title={t('billing.from', { day: formatDay(q.quarter) })} end={<Money value={q} cents />} sub={t('billing.peakOf', { peak: q.peak, licensed: q.licensed })} state={said(q.state)} />}
            empty={null}
          />
        </Section>
      )}
      <Section title={t('billing.invoices')} pad={false}>
        <DataTable
          label={t('billing.invoices')}
          rows={b.invoices}
          getId={(i) => i.id}
          columns={[
            { key: 'number', header: t('billing.invoice'), cell: number },
            { key: 'reason', header: t('history.what'), cell: (i) => said(i.reason), from: 'md' },
            { key: 'state', header: t('agencies.state'), cell: (i) => said(i.status) },
            { key: 'total', header: t('billing.total'), cell: (i) => <Money value={{ amount: i.total, currency: i.currency }} cents />, numeric: true },
            { key: 'at', header: t('history.when'), cell: (i) => dayOf(i.created_at), numeric: true, width: '140px' },
          ]}
          card={(i) => <CardRow title={number(i)} end={<Money value={{ amount: i.total, currency: i.currency }} cents />} sub={dayOf(i.created_at)} state={said(i.status)} />}
          empty={<EmptyState title={t('billing.invoicesEmpty')} />}
        />
      </Section>
      {open === 'payback' && <PaybackDialog id={id} invoices={b.invoices} onClose={() => setOpen(null)} />}
      {open === 'terms' && <TermsDialog id={id} terms={b.terms} onClose={() => setOpen(null)} />}
    </>
  );
}
