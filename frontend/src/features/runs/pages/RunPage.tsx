import Button from '@mui/material/Button';
import { useState } from 'react';
import { useParams } from 'react-router';
import { useFeed } from '../../../shared/api/infinite';
import { formatMoment, formatRange } from '../../../shared/lib/dates';
import { formatMoney } from '../../../shared/lib/money';
import { useParam } from '../../../shared/lib/hooks';
import { useCan, useMe } from '../../../shared/lib/me';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { ConfirmDialog } from '../../../shared/ui/dialogs';
import { FilterBar } from '../../../shared/ui/filters';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { Figure, Figures, Money, StatusChip } from '../../../shared/ui/small';
import { EmptyState, ErrorState, SkeletonPage } from '../../../shared/ui/states';
import { useInvoiceRunsCancelMutation, useInvoiceRunsGetQuery, useRunClientsFeedInfiniteQuery, type InvoiceRunClient, type InvoiceRunView } from '../api';
import { Progress } from '../components/Progress';
import { Totals } from '../components/Totals';
import { useT } from '../locales/en';
import { clientStates, clientTones, runTones, type ClientState } from '../model';

export function RunPage() {
  const { id = '' } = useParams();
  const [over, setOver] = useState(false);
  // Pages are told how far a run is; a line that was lost is made up by asking.
  const run = useInvoiceRunsGetQuery({ id }, { pollingInterval: over ? 0 : 5000 });
  if (!run.data) return run.error ? <ErrorState error={run.error} onRetry={() => void run.refetch()} /> : <SkeletonPage />;
  if (over !== (run.data.state !== 'running')) setOver(run.data.state !== 'running');
  return <Ready run={run.data} />;
}

function Ready({ run: r }: { run: InvoiceRunView }) {
  const t = useT();
  const writes = useCan()('invoicing.invoices.write');
  const zone = useMe()?.agency.time_zone;
  const [asking, setAsking] = useState(false);
  const [cancel] = useInvoiceRunsCancelMutation();
  const running = r.state === 'running';
  return (
    <>
      <PageHeader
        up={{ to: '/invoice-runs', label: t('title') }}
        title={formatRange(r.from, r.to)}
        chip={<StatusChip label={t(`state_.${r.state}`)} tone={runTones[r.state]} />}
        sub={`${t(`hows.${r.how}`)} · ${t('begun')} ${formatMoment(r.created_at, zone)}`}
        actions={writes && running && <Button color="error" onClick={() => setAsking(true)}>{t('cancel')}</Button>}
      />
      <Progress clients={r.clients} pending={r.counts.pending} running={running} />
      <Figures>
        <Figure label={t('made')} value={String(r.counts.drafted + r.counts.issued)} note={<Totals of={r.totals} />} />
        <Figure label={t('states.refused')} value={String(r.counts.refused)} />
        <Figure label={t('states.nothing')} value={String(r.counts.nothing)} />
      </Figures>
      <Clients id={r.id} />
      <ConfirmDialog open={asking} title={t('cancel')} text={t('cancelText')} confirmLabel={t('cancel')} danger onClose={() => setAsking(false)} onConfirm={async () => { await cancel({ id: r.id }).unwrap(); }} />
    </>
  );
}

function Clients({ id }: { id: string }) {
  const t = useT();
  const [state, setState] = useParam('state');
  const wanted = clientStates.find((s) => s === state);
  const list = useFeed(useRunClientsFeedInfiniteQuery({ id, ...(wanted && { state: wanted }) }));
  const chip = (i: InvoiceRunClient) => <StatusChip label={t(`states.${i.state as ClientState}`)} tone={clientTones[i.state as ClientState]} />;
  const note = (i: InvoiceRunClient) => [i.number, i.why, i.left_out > 0 && t('out', { count: i.left_out }), ...i.fees.map((x) => `${x.number ? t('feeInvoice', { number: x.number }) : t('feeDraft')} ${formatMoney(x.total)}`)].filter(Boolean).join(' · ');
  const total = (i: InvoiceRunClient) => i.total && <Money value={i.total} />;
  const columns: Column<InvoiceRunClient>[] = [
    { key: 'client', header: t('client'), width: 'minmax(0, 2fr)', cell: (i) => i.client_name },
    { key: 'state', header: t('state'), width: '140px', cell: chip },
    { key: 'note', header: t('note'), width: 'minmax(0, 3fr)', wrap: true, cell: note },
    { key: 'total', header: t('total'), width: '140px', numeric: true, cell: total },
  ];
  return (
    <>
      <FilterBar filters={[{ key: 'state', label: t('state'), value: state, onChange: setState, options: clientStates.map((s) => ({ value: s, label: t(`states.${s}`) })) }]} />
      <DataTable
        {...list}
        label={t('clients')}
        columns={columns}
        getId={(i) => i.client_id}
        href={(i) => (i.invoice_id ? `/invoices/${i.invoice_id}` : i.fees[0] ? `/invoices/${i.fees[0].invoice_id}` : `/clients/${i.client_id}`)}
        nameOf={(i) => i.client_name}
        card={(i) => <CardRow wrap title={i.client_name} end={total(i)} sub={note(i)} state={chip(i)} />}
        empty={<EmptyState title={t('noClients')} />}
      />
    </>
  );
}
