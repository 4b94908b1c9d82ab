import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import MuiLink from '@mui/material/Link';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { useFeed } from '../../../shared/api/infinite';
import { formatDay, formatRange } from '../../../shared/lib/dates';
import { useCan } from '../../../shared/lib/me';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { ConfirmDialog } from '../../../shared/ui/dialogs';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { Facts, Money, StatusChip } from '../../../shared/ui/small';
import { EmptyState, ErrorState, Section, SkeletonPage, SkeletonRows } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import {
  useRecurringInvoicesDecideMutation, useRecurringInvoicesEndMutation, useRecurringInvoicesGetQuery, useRecurringInvoicesPauseMutation, useRecurringInvoicesResumeMutation, useRecurringInvoicesUpcomingQuery,
  useRecurringPeriodsFeedInfiniteQuery, type RecurringInvoiceView, type RecurringPeriod,
} from '../api';
import { Outlook } from '../components/Outlook';
import { useRhythm } from '../components/said';
import { useT } from '../locales/en';
import { decidable, periodTones, stateTones } from '../model';

export function SchedulePage() {
  const { id = '' } = useParams();
  const { data, error, refetch } = useRecurringInvoicesGetQuery({ id });
  if (data) return <Ready schedule={data} />;
  return error === undefined ? <SkeletonPage /> : <ErrorState error={error} onRetry={() => void refetch()} />;
}

type Verdict = 'bill' | 'skip' | 'restore';
const opposite = { skip: 'restore', restore: 'skip' } as const;

/** Decides about periods, and offers to take back what can be. */
function useDecide(id: string) {
  const t = useT();
  const [decide] = useRecurringInvoicesDecideMutation();
  const run = async (numbers: number[], verdict: Verdict, undone = false): Promise<void> => {
    try {
      await decide({ id, recurringDecision: { numbers, do: verdict } }).unwrap();
      const said = { bill: t('billed'), skip: t('skippedToast'), restore: t('restored') }[verdict];
      if (verdict === 'bill' || undone) toast(said);
      else toast(said, { undo: () => void run(numbers, opposite[verdict], true) });
    } catch (e) {
      toast.failed(e);
    }
  };
  return run;
}

function Ready({ schedule: r }: { schedule: RecurringInvoiceView }) {
  const t = useT();
  const writes = useCan()('invoicing.invoices.write');
  const decide = useDecide(r.id);
  return (
    <>
      <PageHeader
        up={{ to: '/recurring', label: t('title') }}
        title={r.name}
        chip={<StatusChip label={t(`state_.${r.state}`)} tone={stateTones[r.state]} />}
        sub={<><MuiLink component={Link} to={`/clients/${r.client_id}`}>{r.client_name}</MuiLink>{r.project_id && <> · <MuiLink component={Link} to={`/projects/${r.project_id}`}>{r.project_name}</MuiLink></>}</>}
        actions={writes && <Actions schedule={r} />}
      />
      {r.open > 0 && <Alert severity="warning" sx={{ mb: 4 }}><strong>{t('waitTitle', { count: r.open })}.</strong> {t('waitText')}</Alert>}
      <Box sx={{ display: 'grid', gap: 4, gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 3fr) minmax(0, 2fr)' }, alignItems: 'start' }}>
        <Box sx={{ minWidth: 0 }}>
          <Section title={t('ahead')} pad={false}><Upcoming schedule={r} onDecide={writes ? decide : undefined} /></Section>
          <Section title={t('past')} pad={false}><PastPeriods id={r.id} onDecide={writes ? decide : undefined} /></Section>
        </Box>
        <Section title={t('agreed')}><Agreed schedule={r} /></Section>
      </Box>
    </>
  );
}

function Actions({ schedule: r }: { schedule: RecurringInvoiceView }) {
  const t = useT();
  const [asking, setAsking] = useState(false);
  const [pause] = useRecurringInvoicesPauseMutation();
  const [resume] = useRecurringInvoicesResumeMutation();
  const [end] = useRecurringInvoicesEndMutation();
  const act = async (call: () => Promise<unknown>, said: string) => {
    try {
      await call();
      toast(said);
    } catch (e) {
      toast.failed(e);
    }
  };
  return (
    <>
      {r.state !== 'ended' && <Button color="error" onClick={() => setAsking(true)}>{t('end')}</Button>}
      {r.state === 'active'
        ? <Button variant="outlined" onClick={() => void act(() => pause({ id: r.id }).unwrap(), t('paused'))}>{t('pause')}</Button>
        : <Button variant="outlined" onClick={() => void act(() => resume({ id: r.id }).unwrap(), t('resumed'))}>{t('resume')}</Button>}
      <Button variant="contained" component={Link} to={`/recurring/${r.id}/edit`}>{t('edit')}</Button>
      <ConfirmDialog open={asking} danger title={t('end')} text={t('endText')} confirmLabel={t('end')} onClose={() => setAsking(false)} onConfirm={async () => { await end({ id: r.id }).unwrap(); toast(t('ended')); }} />
    </>
  );
}

type Decide = ((numbers: number[], verdict: Verdict) => Promise<void>) | undefined;

function Upcoming({ schedule: r, onDecide }: { schedule: RecurringInvoiceView; onDecide: Decide }) {
  const t = useT();
  const { data, error, refetch } = useRecurringInvoicesUpcomingQuery({ id: r.id, count: 6 });
  if (!data) return <Box sx={{ p: 4, minHeight: 420 }}>{error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows label={t('ahead')} rows={8} />}</Box>;
  return (
    <Outlook
      of={data}
      actions={onDecide && ((p) => {
        const verdict = p.state === 'skipped' ? 'restore' : 'skip';
        return <Button size="small" aria-label={`${t(verdict)}: ${formatRange(p.from, p.to)}`} onClick={() => void onDecide([p.number], verdict)}>{t(verdict)}</Button>;
      })}
    />
  );
}

function PastPeriods({ id, onDecide }: { id: string; onDecide: Decide }) {
  const t = useT();
  const list = useFeed(useRecurringPeriodsFeedInfiniteQuery({ id }));
  const span = (p: RecurringPeriod) => formatRange(p.from, p.to);
  const state = (p: RecurringPeriod) => <StatusChip label={t(`states.${p.state}`)} tone={periodTones[p.state]} />;
  const doc = (p: RecurringPeriod) => (p.invoice_id ? [p.invoice_number || t('draft'), p.invoice_number && p.invoice_status && t(`status.${p.invoice_status as 'open'}`)].filter(Boolean).join(' · ') : p.why || t('itsDay', { day: formatDay(p.issue_on) }));
  const total = (p: RecurringPeriod) => p.total && <Money value={p.total} />;
  const open = list.rows?.filter((p) => decidable(p.state)).map((p) => p.number) ?? [];
  const verdicts = (p: RecurringPeriod): Verdict[] => (decidable(p.state) ? ['bill', 'skip'] : p.state === 'skipped' ? ['restore'] : p.state === 'nothing' ? ['bill'] : []);
  const columns: Column<RecurringPeriod>[] = [
    { key: 'span', header: t('period'), width: 'minmax(160px, 2fr)', cell: span },
    { key: 'state', header: t('state'), width: '130px', cell: state },
    { key: 'doc', header: t('invoice'), width: 'minmax(0, 3fr)', cell: doc },
    { key: 'total', header: t('total'), width: '110px', numeric: true, cell: total },
  ];
  return (
    <>
      {onDecide && open.length > 1 && (
        <Box sx={{ px: 4, py: 3, display: 'flex', gap: 2 }}>
          <Button size="small" variant="outlined" onClick={() => void onDecide(open, 'bill')}>{t('billAll')}</Button>
          <Button size="small" onClick={() => void onDecide(open, 'skip')}>{t('skipAll')}</Button>
        </Box>
      )}
      <DataTable
        {...list}
        label={t('past')}
        columns={columns}
        getId={(p) => String(p.number)}
        href={(p) => (p.invoice_id ? `/invoices/${p.invoice_id}` : `/recurring/${id}`)}
        nameOf={span}
        actionsWidth="130px"
        actions={onDecide && ((p) => verdicts(p).map((v) => <Button key={v} size="small" aria-label={`${t(v)}: ${span(p)}`} onClick={() => void onDecide([p.number], v)}>{t(v)}</Button>))}
        card={(p) => <CardRow title={span(p)} end={total(p)} sub={doc(p)} state={state(p)} />}
        empty={<EmptyState title={t('pastEmpty')} />}
      />
    </>
  );
}

function Agreed({ schedule: r }: { schedule: RecurringInvoiceView }) {
  const t = useT();
  const rhythm = useRhythm();
  const until = r.ends_on ? t('until', { day: formatDay(r.ends_on) }) : r.times > 0 ? t('forTimes', { count: r.times }) : '';
  const along = [r.time && t('time'), r.expenses && t('expenses')].filter(Boolean).join(', ');
  return (
    <Facts items={[
      [t('rhythm'), [t('everySo', { every: rhythm(r), day: formatDay(r.starts_on) }), until].filter(Boolean).join(', ')],
      ...(r.day_of_month > 0 ? [[t('day'), String(r.day_of_month)] as [string, string]] : []),
      [t('billAt'), t(`at.${r.bill_at}`)],
      [t('net'), <Money key="net" value={r.net} />],
      ...r.lines.map((l, n) => [t('line', { n: n + 1 }), `${l.quantity} ${l.unit} ${l.description}`.replace('  ', ' ')] as [string, string]),
      [t('along'), along || '–'],
      [t('how'), t(`hows.${r.how}`)],
      ...(r.terms_days !== null ? [[t('terms'), String(r.terms_days)] as [string, string]] : []),
      ...(r.reference ? [[t('reference'), r.reference] as [string, string]] : []),
    ]} />
  );
}
