import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import LinearProgress from '@mui/material/LinearProgress';
import { useEffect } from 'react';
import { useDispatch } from 'react-redux';
import { formatMoment, formatTime } from '../../../shared/lib/dates';
import { CardRow, DataTable } from '../../../shared/ui/DataTable';
import { StatusChip, type Tone } from '../../../shared/ui/small';
import { EmptyState, Section } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { forget, useOpsAgenciesBackupsQuery, useOpsSupportEndMutation, useOpsSupportListQuery, useOpsTasksListQuery, type OpsBackup, type OpsGrant, type OpsTask } from '../api';
import { useT } from '../locales/en';
import { formatBytes, said } from '../model';

const tones: Record<string, Tone> = { waiting: 'neutral', running: 'brand', done: 'success', good: 'success', failed: 'danger' };
const soon = 1000;

/** Long work on the agency, with how far it is. */
export function Tasks({ id }: { id: string }) {
  const t = useT();
  const { data } = useOpsTasksListQuery({ id });
  const going = data?.items.some((x) => x.state === 'waiting' || x.state === 'running') ?? false;
  const { data: rows = data, error, refetch } = useOpsTasksListQuery({ id }, { pollingInterval: going ? soon : 0 });
  // What has ended has changed the agency: where it is, what is kept beside it, its backups.
  const dispatch = useDispatch();
  useEffect(() => () => { if (going) dispatch(forget()); }, [going, dispatch]);
  const kind = (x: OpsTask) => {
    if (x.kind === 'move') return t('task.moveTo', { placement: x.placement });
    if (x.kind === 'drop_moved' && x.placement) return t('task.dropMovedFrom', { placement: x.placement });
    return t(`task.${x.kind}`);
  };
  const far = (x: OpsTask) => {
    if (x.state === 'failed') return x.error;
    if (x.state !== 'running' || x.what === '') return '';
    const what = said(x.what);
    // Of one step it is not known how far it is.
    const steps = x.total > 1;
    return (
      <Box sx={{ display: 'grid', gap: 1 }}>
        <span>{steps ? t('task.progress', { what, done: x.done, total: x.total }) : t('task.step', { what })}</span>
        <LinearProgress variant={steps ? 'determinate' : 'indeterminate'} value={steps ? (100 * x.done) / x.total : undefined} aria-label={kind(x)} />
      </Box>
    );
  };
  const state = (x: OpsTask) => <StatusChip label={t(`task.${x.state}`)} tone={tones[x.state]} />;
  return (
    <Section title={t('agency.tasks')} pad={false}>
      <DataTable
        label={t('agency.tasks')}
        rows={rows?.items}
        getId={(x) => x.id}
        columns={[
          { key: 'kind', header: t('history.what'), cell: kind },
          { key: 'state', header: t('agencies.state'), cell: state },
          { key: 'far', header: t('task.far'), cell: far, width: 'minmax(0, 2fr)' },
          { key: 'by', header: t('history.who'), cell: (x) => x.by, from: 'md' },
          { key: 'at', header: t('history.when'), cell: (x) => formatMoment(x.created_at), numeric: true, width: '180px' },
        ]}
        card={(x) => <CardRow title={kind(x)} sub={far(x) || `${x.by} · ${formatMoment(x.created_at)}`} state={state(x)} />}
        error={error}
        onRetry={() => void refetch()}
        empty={<EmptyState title={t('agency.tasksEmpty')} />}
      />
    </Section>
  );
}

/** Who looked inside. */
export function Looks({ id }: { id: string }) {
  const t = useT();
  const { data, error, refetch } = useOpsSupportListQuery({ id });
  const [end] = useOpsSupportEndMutation();
  const state = (g: OpsGrant) =>
    g.open ? <StatusChip label={t('agency.until', { time: formatTime(g.expires_at) })} tone="warning" /> : <StatusChip label={g.ended_by ? t('agency.endedBy', { name: g.ended_by }) : t('agency.over')} />;
  return (
    <Section title={t('agency.support')} pad={false}>
      <DataTable
        label={t('agency.support')}
        rows={data?.items}
        getId={(g) => g.id}
        columns={[
          { key: 'who', header: t('history.who'), cell: (g) => g.operator },
          { key: 'why', header: t('reason'), cell: (g) => g.reason, width: 'minmax(0, 2fr)' },
          { key: 'state', header: t('agencies.state'), cell: state },
          { key: 'at', header: t('history.when'), cell: (g) => formatMoment(g.created_at), numeric: true, width: '180px' },
        ]}
        card={(g) => <CardRow title={g.operator} sub={g.reason} state={state(g)} end={formatTime(g.created_at)} />}
        actionsWidth="72px"
        actions={(g) => g.open && <Button size="small" onClick={() => void end({ id, grantId: g.id }).unwrap().catch(toast.failed)}>{t('agency.end')}</Button>}
        error={error}
        onRetry={() => void refetch()}
        empty={<EmptyState title={t('agency.supportEmpty')} />}
      />
    </Section>
  );
}

/** The agency's archives. */
export function Backups({ id, onRestore }: { id: string; onRestore: (backupId: string) => void }) {
  const t = useT();
  const { data, error, refetch } = useOpsAgenciesBackupsQuery({ id });
  const state = (b: OpsBackup) => <StatusChip label={said(b.state)} tone={tones[b.state]} />;
  return (
    <Section title={t('agency.backups')} pad={false}>
      <DataTable
        label={t('agency.backups')}
        rows={data?.items}
        getId={(b) => b.id}
        columns={[
          { key: 'at', header: t('history.when'), cell: (b) => formatMoment(b.taken_at ?? b.started_at) },
          { key: 'why', header: t('reason'), cell: (b) => said(b.reason), from: 'md' },
          { key: 'size', header: t('agencies.col.size'), cell: (b) => formatBytes(b.bytes), numeric: true },
          { key: 'state', header: t('agencies.state'), cell: state },
        ]}
        card={(b) => <CardRow title={formatMoment(b.taken_at ?? b.started_at)} end={formatBytes(b.bytes)} sub={said(b.reason)} state={state(b)} />}
        actionsWidth="96px"
        actions={(b) => b.state === 'good' && <Button size="small" onClick={() => onRestore(b.id)}>{t('agency.restore')}</Button>}
        error={error}
        onRetry={() => void refetch()}
        empty={<EmptyState title={t('agency.backupsEmpty')} />}
      />
    </Section>
  );
}
