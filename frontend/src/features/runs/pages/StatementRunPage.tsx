import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useState } from 'react';
import { useParams } from 'react-router';
import { useFeed } from '../../../shared/api/infinite';
import { formatDay, formatMoment } from '../../../shared/lib/dates';
import { useParam } from '../../../shared/lib/hooks';
import { useCan, useMe } from '../../../shared/lib/me';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { ConfirmDialog } from '../../../shared/ui/dialogs';
import { FilterBar } from '../../../shared/ui/filters';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { Figure, Figures, StatusChip } from '../../../shared/ui/small';
import { EmptyState, ErrorState, SkeletonPage } from '../../../shared/ui/states';
import { Progress } from '../components/Progress';
import { Totals } from '../components/Totals';
import { useT } from '../locales/en';
import { runTones } from '../model';
import { reasonOf, states, tones, useStatementClientsFeedInfiniteQuery, useStatementRunsCancelMutation, useStatementRunsGetQuery, type StatementRunClient, type StatementRunView } from '../statements';

export function StatementRunPage() {
  const { id = '' } = useParams();
  const [over, setOver] = useState(false);
  // Pages are told how far a run is; a line that was lost is made up by asking.
  const run = useStatementRunsGetQuery({ id }, { pollingInterval: over ? 0 : 5000 });
  if (!run.data) return run.error ? <ErrorState error={run.error} onRetry={() => void run.refetch()} /> : <SkeletonPage />;
  if (over !== (run.data.state !== 'running')) setOver(run.data.state !== 'running');
  return <Ready run={run.data} />;
}

function Ready({ run: r }: { run: StatementRunView }) {
  const t = useT();
  const issues = useCan()('invoicing.invoices.issue');
  const zone = useMe()?.agency.time_zone;
  const [asking, setAsking] = useState(false);
  const [cancel] = useStatementRunsCancelMutation();
  const running = r.state === 'running';
  const why = (['no_contact', 'already_sent', 'archived', 'left_out', 'no_balance'] as const).filter((k) => r.skipped[k] > 0).map((k) => `${t(`statements.reasons.${k}`)} ${r.skipped[k]}`);
  return (
    <>
      <PageHeader
        up={{ to: '/statement-runs', label: t('statements.title') }}
        title={`${t('statements.day')} ${formatDay(r.to)}`}
        chip={<StatusChip label={t(`state_.${r.state}`)} tone={runTones[r.state]} />}
        sub={[t(`statements.whos.${r.who}`), r.monthly && t('statements.byItself'), `${t('statements.begun')} ${formatMoment(r.created_at, zone)}`].filter(Boolean).join(' · ')}
        actions={issues && running && <Button color="error" onClick={() => setAsking(true)}>{t('statements.cancel')}</Button>}
      />
      <Progress clients={r.clients} pending={r.counts.pending} running={running} />
      <Figures>
        <Figure label={t('statements.sent')} value={String(r.counts.sent)} note={'\u00a0'} />
        <Figure label={t('statements.skipped')} value={String(r.counts.skipped)} note={why.join(' · ') || '\u00a0'} />
        <Figure label={t('statements.refused')} value={String(r.counts.refused)} note={'\u00a0'} />
      </Figures>
      <Clients run={r} />
      <ConfirmDialog open={asking} title={t('statements.cancel')} text={t('statements.cancelText')} confirmLabel={t('statements.cancel')} danger onClose={() => setAsking(false)} onConfirm={async () => { await cancel({ id: r.id }).unwrap(); }} />
    </>
  );
}

function Clients({ run: r }: { run: StatementRunView }) {
  const t = useT();
  const zone = useMe()?.agency.time_zone;
  const [state, setState] = useParam('state');
  const wanted = states.find((s) => s === state);
  const [waits, setWaits] = useState(true);
  // A mail goes out some moments after it was asked for, and nobody is told of each.
  const query = useStatementClientsFeedInfiniteQuery({ id: r.id, ...(wanted && { state: wanted }) }, { pollingInterval: waits ? 5000 : 0 });
  const list = useFeed(query);
  const waiting = r.state === 'running' || (list.rows ?? []).some((i) => i.state === 'sent' && !i.sent_at && !i.failed_at);
  if (waits !== waiting) setWaits(waiting);
  const chip = (i: StatementRunClient) => i.failed_at ? <StatusChip label={t('statements.failed')} tone="danger" /> : <StatusChip label={i.state === 'sent' && !i.sent_at ? t('statements.underway') : t(`statements.states.${i.state}`)} tone={i.state === 'sent' && !i.sent_at ? 'brand' : tones[i.state]} />;
  const note = (i: StatementRunClient) => {
    const reason = reasonOf(i.reason);
    const said = [reason && t(`statements.reasons.${reason}`), i.why, i.recipients.join(', ')].filter(Boolean).join(' · ');
    return i.failed_at ? <Box component="span" sx={{ color: 'error.main' }}>{said}</Box> : said;
  };
  const at = (i: StatementRunClient) => (i.sent_at ? formatMoment(i.sent_at, zone) : '');
  const columns: Column<StatementRunClient>[] = [
    { key: 'client', header: t('statements.client'), width: 'minmax(0, 2fr)', cell: (i) => i.client_name },
    { key: 'state', header: t('state'), width: '150px', cell: chip },
    { key: 'note', header: t('note'), width: 'minmax(0, 3fr)', wrap: true, cell: note },
    { key: 'at', header: t('statements.sent'), width: '180px', from: 'lg', cell: at },
    { key: 'open', header: t('statements.open'), width: '150px', numeric: true, cell: (i) => <Totals of={i.open} /> },
  ];
  return (
    <>
      <FilterBar filters={[{ key: 'state', label: t('state'), value: state, onChange: setState, options: states.map((s) => ({ value: s, label: t(`statements.states.${s}`) })) }]} />
      <DataTable
        {...list}
        label={t('clients')}
        columns={columns}
        getId={(i) => i.client_id}
        href={(i) => (i.reason === 'no_contact' ? `/clients/${i.client_id}` : `/statements/${i.client_id}?from=${r.from}&to=${r.to}`)}
        nameOf={(i) => i.client_name}
        card={(i) => <CardRow wrap title={i.client_name} end={<Totals of={i.open} />} sub={note(i)} state={chip(i)} />}
        empty={<EmptyState title={t('noClients')} />}
      />
    </>
  );
}
