import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useState } from 'react';
import { useProjectsListQuery } from '../../../shared/api/gen/projects.gen';
import { useTimeEntriesLastBulkQuery, useTimeEntriesSummaryQuery, useTimeEntriesUndoBulkMutation, type TimeBulkFit, type TimeEntryView } from '../../../shared/api/gen/time.gen';
import { useFeed } from '../../../shared/api/infinite';
import { useStaff } from '../../../shared/api/members';
import { formatDay } from '../../../shared/lib/dates';
import { formatDuration } from '../../../shared/lib/duration';
import { useParam } from '../../../shared/lib/hooks';
import { useCan } from '../../../shared/lib/me';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { FilterBar } from '../../../shared/ui/filters';
import { later, whenOpen } from '../../../shared/ui/later';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { Duration, Money, StatusChip } from '../../../shared/ui/small';
import { EmptyState, NoResults } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useEntriesFeedInfiniteQuery } from '../api';
import { useT } from '../locales/en';
import { tones, workName } from '../model';

const BulkDialog = later(async () => (await import('../components/BulkDialog')).BulkDialog);
const EntryDialog = whenOpen(async () => (await import('../components/EntryDialog')).EntryDialog);

const states = ['draft', 'submitted', 'approved', 'billed', 'rejected'] as const;

/** Entries one by one: found by filters, and changed many at once. */
export function EntriesPage() {
  const t = useT();
  const can = useCan();
  const everybody = can('timesheets.entries.read_all') || can('timesheets.sheets.approve');
  const { nameOf, options } = useStaff();
  const [q, setQ] = useParam('q');
  const [member, setMember] = useParam('member');
  const [project, setProject] = useParam('project');
  const [state, setState] = useParam('state');
  const [billable, setBillable] = useParam('billable');
  const [from, setFrom] = useParam('from');
  const [to, setTo] = useParam('to');
  const [find, setFind] = useState('');
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState<'chosen' | 'all'>();
  const [entry, setEntry] = useState<TimeEntryView>();
  const projects = useProjectsListQuery({ limit: 100, q: find || undefined });
  const chosen = states.find((s) => s === state);
  const args = {
    q: q || undefined, memberId: member || undefined, projectId: project || undefined, state: chosen && [chosen], billable: billable === 'true' || billable === 'false' ? billable : undefined,
    from: from || undefined, to: to || undefined,
  } as const;
  const list = useFeed(useEntriesFeedInfiniteQuery(args));
  const total = useTimeEntriesSummaryQuery(args).currentData?.total;
  const filter: TimeBulkFit = {
    q: args.q, member_id: args.memberId, project_id: args.projectId, states: chosen && [chosen], billable: args.billable && args.billable === 'true', from: args.from, to: args.to,
  };
  const filtered = Boolean(q || member || project || chosen || billable || from || to);
  const clear = () => [setQ, setMember, setProject, setState, setBillable, setFrom, setTo].forEach((set) => set(''));
  const picked = (list.rows ?? []).filter((e) => ids.has(e.id)).map((e) => e.id);
  const columns: Column<TimeEntryView>[] = [
    { key: 'day', header: t('entries.col.day'), width: '120px', cell: (e) => formatDay(e.day) },
    ...(everybody ? [{ key: 'member', header: t('entries.col.member'), width: 'minmax(0, 1fr)', cell: (e: TimeEntryView) => nameOf(e.member_id) || t('entries.someone') }] : []),
    { key: 'work', header: t('entries.col.work'), width: 'minmax(0, 2fr)', cell: (e) => [workName(e), e.service_name].filter(Boolean).join(' · ') },
    { key: 'note', header: t('entries.col.note'), width: 'minmax(0, 2fr)', from: 'md', cell: (e) => e.note },
    { key: 'state', header: t('entries.col.state'), width: '120px', cell: (e) => <StatusChip label={t(`state.${e.state}`)} tone={tones[e.state]} /> },
    { key: 'time', header: t('entries.col.time'), width: '90px', numeric: true, cell: (e) => <Duration seconds={e.seconds} /> },
    { key: 'billed', header: t('entries.col.billed'), width: '110px', numeric: true, from: 'md', cell: (e) => (e.billable ? <Box component="span" title={e.state === 'billed' ? undefined : t('entries.provisional')} sx={{ color: e.state === 'billed' ? undefined : 'text.secondary' }}><Duration seconds={e.billed_seconds} /></Box> : '') },
    ...(can('rates.bill.see') ? [{ key: 'amount', header: t('entries.col.amount'), width: '120px', numeric: true, from: 'md' as const, cell: (e: TimeEntryView) => (e.amount ? <Money value={e.amount} /> : e.billable ? t('entry.noRate') : t('entry.notBillable')) }] : []),
  ];
  return (
    <>
      <PageHeader
        title={t('entries.title')}
        up={{ to: '/time', label: t('title') }}
        sub={total ? t('entries.sum', { count: total.entries, time: formatDuration(total.seconds) }) : '\u00a0'}
      />
      <FilterBar
        search={{ value: q, onChange: setQ, label: t('entries.search') }}
        filters={[
          ...(everybody ? [{ key: 'member', label: t('entries.filter.member'), value: member, onChange: setMember, options }] : []),
          { key: 'project', label: t('entries.filter.project'), value: project, onChange: setProject, options: (projects.data?.items ?? []).map((p) => ({ value: p.id, label: `${p.code} ${p.name}` })), onSearch: setFind },
          { key: 'state', label: t('entries.filter.state'), value: chosen ?? '', onChange: setState, options: states.map((s) => ({ value: s, label: t(`state.${s}`) })) },
          { key: 'billable', label: t('entries.filter.billable'), value: billable, onChange: setBillable, options: [{ value: 'true', label: t('entries.yes') }, { value: 'false', label: t('entries.no') }] },
          { key: 'from', kind: 'date', label: t('entries.filter.from'), value: from, onChange: setFrom },
          { key: 'to', kind: 'date', label: t('entries.filter.to'), value: to, onChange: setTo },
        ]}
      />
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 2, minHeight: 36, mb: 3 }}>
        <Button size="small" variant="contained" disabled={picked.length === 0} onClick={() => setAsking('chosen')}>{picked.length > 0 ? t('bulk.change', { count: picked.length }) : t('bulk.choose')}</Button>
        <Button size="small" disabled={!total || total.entries === 0} onClick={() => setAsking('all')}>{t('bulk.all', { count: total?.entries ?? 0 })}</Button>
        <UndoLast />
      </Box>
      <DataTable
        {...list}
        label={t('entries.title')}
        columns={columns}
        getId={(e) => e.id}
        nameOf={(e) => t('entries.name', { work: workName(e), day: formatDay(e.day), time: formatDuration(e.seconds) })}
        onOpen={(e) => e.editable && setEntry(e)}
        selection={{ ids, onChange: setIds }}
        card={(e) => <CardRow title={workName(e)} end={<Duration seconds={e.seconds} />} sub={[formatDay(e.day), everybody && nameOf(e.member_id), e.note].filter(Boolean).join(' · ')} state={<Box sx={{ display: 'flex', alignItems: 'center', gap: 2 }}>{e.billable && <span>{t(e.state === 'billed' ? 'entries.billed' : 'entries.toBill', { time: formatDuration(e.billed_seconds) })}</span>}<StatusChip label={t(`state.${e.state}`)} tone={tones[e.state]} /></Box>} />}
        empty={filtered ? <NoResults onClear={clear} /> : <EmptyState title={t('entries.empty')} text={t('entries.emptyText')} />}
      />
      {asking && <BulkDialog which={asking === 'all' ? { filter } : { entry_ids: picked }} onClose={(done) => { setAsking(undefined); if (done) setIds(new Set()); }} />}
      <EntryDialog open={entry !== undefined} day={entry?.day ?? ''} entry={entry} onClose={() => setEntry(undefined)} />
    </>
  );
}

/** Takes back the latest change of many entries, for as long as it can be. */
function UndoLast() {
  const t = useT();
  const last = useTimeEntriesLastBulkQuery().data;
  const [undo, undoing] = useTimeEntriesUndoBulkMutation();
  const run = async (id: string) => {
    try {
      const { changed, refused } = await undo({ id }).unwrap();
      const stay = refused.reduce((n, r) => n + r.entries, 0);
      toast(stay > 0 ? t('bulk.undonePart', { count: changed, stay }) : t('bulk.undone', { count: changed }));
    } catch (e) {
      toast.failed(e);
    }
  };
  return last?.id ? <Button size="small" variant="outlined" loading={undoing.isLoading} onClick={() => void run(last.id)}>{t('bulk.undo', { count: last.entries })}</Button> : null;
}
