import Button from '@mui/material/Button';
import { useState } from 'react';
import { formatDay, formatMoment } from '../../../shared/lib/dates';
import { CardRow, DataTable } from '../../../shared/ui/DataTable';
import { later } from '../../../shared/ui/later';
import { Facts, Money, StatusChip } from '../../../shared/ui/small';
import { EmptyState, ErrorState, Section } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useOpsBillingGetQuery, useOpsOrdersApproveMutation, useOpsOrdersCancelMutation, useOpsOverridesRevokeMutation, type OpsOrder, type OpsOverride } from '../api';
import { useT } from '../locales/en';
import { Decision } from './Decision';
import { MoneySections } from './MoneySections';
import { said } from '../model';

const OverrideDialog = later(async () => (await import('./OverrideDialog')).OverrideDialog);
const OrderDialog = later(async () => (await import('./OrderDialog')).OrderDialog);

/** The agency's bill, and what operators granted or sold beside it. */
export function BillingSection({ id }: { id: string }) {
  const t = useT();
  const { data: b, error, refetch } = useOpsBillingGetQuery({ id });
  const [open, setOpen] = useState<'override' | 'order' | null>(null);
  const [revoke] = useOpsOverridesRevokeMutation();
  const [approve] = useOpsOrdersApproveMutation();
  const [cancel] = useOpsOrdersCancelMutation();
  if (!b) return error ? <Section title={t('billing.title')}><ErrorState error={error} onRetry={() => void refetch()} /></Section> : null;
  const day = (iso: string | null) => (iso ? formatDay(iso.slice(0, 10)) : t('none'));
  const granted = (o: OpsOverride) => [said(o.plan), said(o.level), o.max_seats > 0 ? `${t('billing.maxSeats')}: ${o.max_seats}` : ''].filter(Boolean).join(', ');
  const state = (o: OpsOrder) => <StatusChip label={t(`billing.orderStates.${o.state}`)} />;
  return (
    <>
      <Section title={t('billing.title')}>
        <Facts items={[[t('billing.plan'), said(b.plan)], [t('billing.access'), said(b.level)], [t('billing.status'), said(b.status)], [t('billing.seats'), b.seats], [t('billing.trial'), day(b.trial_ends_at)], [t('billing.period'), day(b.period_end)]]} />
      </Section>
      <Section title={t('billing.overrides')} pad={false} action={<Button size="small" onClick={() => setOpen('override')}>{t('billing.grant')}</Button>}>
        <DataTable
          label={t('billing.overrides')}
          rows={b.overrides}
          getId={(o) => o.id}
          columns={[
            { key: 'what', header: t('history.what'), cell: granted },
            { key: 'why', header: t('reason'), cell: (o) => o.reason, width: 'minmax(0, 2fr)' },
            { key: 'by', header: t('billing.by'), cell: (o) => o.by, from: 'md' },
            { key: 'until', header: t('billing.expires'), cell: (o) => day(o.expires_at) },
          ]}
          card={(o) => <CardRow title={granted(o)} sub={o.reason} state={t('billing.until', { day: day(o.expires_at) })} />}
          actionsWidth="96px"
          actions={(o) => <Button size="small" color="error" onClick={() => void revoke({ id, overrideId: o.id }).unwrap().catch(toast.failed)}>{t('billing.revoke')}</Button>}
          empty={<EmptyState title={t('billing.overridesEmpty')} />}
        />
      </Section>
      <Section title={t('billing.orders')} pad={false} action={<Button size="small" onClick={() => setOpen('order')}>{t('billing.order')}</Button>}>
        <DataTable
          label={t('billing.orders')}
          rows={b.orders}
          getId={(o) => o.id}
          columns={[
            { key: 'text', header: t('billing.text'), cell: (o) => o.text, width: 'minmax(0, 2fr)' },
            { key: 'amount', header: t('billing.amount'), cell: (o) => <Money value={o} cents />, numeric: true },
            { key: 'state', header: t('agencies.state'), cell: state },
            { key: 'by', header: t('billing.by'), cell: (o) => o.requested_by, from: 'md' },
            { key: 'approved', header: t('billing.approvedBy'), cell: (o) => o.approved_by, from: 'lg' },
          ]}
          card={(o) => <CardRow title={o.text} end={<Money value={o} cents />} sub={o.requested_by} state={state(o)} />}
          actionsWidth="208px"
          actions={(o) => o.state === 'waiting' && <Decision request={o} takeBack={t('billing.cancel')} onApprove={() => approve({ id, orderId: o.id })} onCancel={() => cancel({ id, orderId: o.id })} />}
          empty={<EmptyState title={t('billing.ordersEmpty')} />}
        />
      </Section>
      <MoneySections id={id} bill={b} />
      {b.history.length > 0 && (
        <Section title={t('billing.history')} pad={false}>
          <DataTable
            label={t('billing.history')}
            rows={b.history}
            getId={(c) => c.id}
            columns={[
              { key: 'kind', header: t('history.what'), cell: (c) => said(c.kind) },
              { key: 'state', header: t('agencies.state'), cell: (c) => c.error || said(c.state) },
              { key: 'by', header: t('billing.by'), cell: (c) => c.by, from: 'md' },
              { key: 'at', header: t('history.when'), cell: (c) => formatMoment(c.created_at), numeric: true, width: '180px' },
            ]}
            card={(c) => <CardRow title={said(c.kind)} sub={c.error || c.by} state={said(c.state)} />}
            empty={null}
          />
        </Section>
      )}
      {open === 'override' && <OverrideDialog id={id} onClose={() => setOpen(null)} />}
      {open === 'order' && <OrderDialog id={id} onClose={() => setOpen(null)} />}
    </>
  );
}
