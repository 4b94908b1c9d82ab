import Button from '@mui/material/Button';
import { formatAgo, formatTime } from '../../../shared/lib/dates';
import { CardRow, DataTable } from '../../../shared/ui/DataTable';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { Facts, Figure, Figures, StatusChip } from '../../../shared/ui/small';
import { ErrorState, Section, SkeletonPage } from '../../../shared/ui/states';
import { useOpsHealthQuery, type OpsPool } from '../api';
import { useT } from '../locales/en';
import { formatBytes } from '../model';

const every = 15_000;

/** How the platform does; it looks again by itself. */
export function HealthPage() {
  const t = useT();
  const { data: h, error, refetch, isFetching } = useOpsHealthQuery(undefined, { pollingInterval: every, skipPollingIfUnfocused: true });
  const again = () => void refetch();
  if (!h) return error ? <ErrorState error={error} onRetry={again} /> : <SkeletonPage />;
  const answers = (p: { name: string; ok: boolean; ms: number; error: string }) => (
    <StatusChip key={p.name} label={p.ok ? t('platform.answers', { ms: p.ms }) : t('platform.away', { error: p.error })} tone={p.ok ? 'success' : 'danger'} />
  );
  const several = h.placements.length > 1;
  const poolName = (p: OpsPool) => (several && p.placement !== 'main' ? `${p.placement}: ${p.name}` : p.name);
  return (
    <>
      <PageHeader title={t('platform.title')} sub={t('platform.sub', { at: formatTime(h.at) })} actions={<Button variant="outlined" loading={isFetching} onClick={again}>{t('platform.refresh')}</Button>} />
      <Section title={t('platform.parts')}>
        <Facts items={h.parts.map((p) => [t(`platform.${p.name}`), answers(p)])} />
      </Section>
      <Figures>
        <Figure label={t('platform.waiting')} value={h.queue.waiting} note={h.queue.oldest_waiting && t('platform.oldest', { ago: formatAgo(h.queue.oldest_waiting) })} />
        <Figure label={t('platform.running')} value={h.queue.running} />
        <Figure label={t('platform.failed')} value={h.queue.failed} />
        <Figure label={t('platform.letters')} value={h.queue.mail_waiting} note={h.queue.mail_failed > 0 && t('platform.lettersFailed', { count: h.queue.mail_failed })} />
        <Figure label={t('platform.size')} value={formatBytes(h.database_bytes)} />
        <Figure label={t('platform.disk')} value={h.disk_total > 0 ? formatBytes(h.disk_free) : '–'} note={h.disk_total > 0 && t('platform.of', { total: formatBytes(h.disk_total) })} />
        <Figure label={t('platform.backups')} value={h.backups.configured ? t('platform.overdue', { count: h.backups.overdue }) : t('platform.noBackups')} note={h.backups.newest && t('platform.newest', { ago: formatAgo(h.backups.newest) })} />
      </Figures>
      {several && (
        <Section title={t('platform.placements')} pad={false}>
          <DataTable
            label={t('platform.placements')}
            rows={h.placements}
            getId={(p) => p.name}
            columns={[
              { key: 'name', header: t('platform.placement'), cell: (p) => p.name },
              { key: 'state', header: t('platform.state'), cell: answers, width: 'minmax(0, 2fr)' },
              { key: 'agencies', header: t('platform.agencies'), cell: (p) => p.agencies, numeric: true },
              { key: 'size', header: t('platform.size'), cell: (p) => (p.ok ? formatBytes(p.bytes) : '–'), numeric: true },
            ]}
            card={(p) => <CardRow title={p.name} end={p.ok ? formatBytes(p.bytes) : '–'} sub={`${t('platform.agencies')} ${p.agencies}`} state={answers(p)} />}
            empty={null}
          />
        </Section>
      )}
      <Section title={t('platform.pools')} pad={false}>
        <DataTable
          label={t('platform.pools')}
          rows={h.pools}
          getId={poolName}
          columns={[
            { key: 'name', header: t('platform.pool'), cell: poolName, width: 'minmax(0, 2fr)' },
            { key: 'used', header: t('platform.inUse'), cell: (p) => p.in_use, numeric: true },
            { key: 'idle', header: t('platform.idle'), cell: (p) => p.idle, numeric: true },
            { key: 'max', header: t('platform.max'), cell: (p) => p.max, numeric: true },
            { key: 'waited', header: t('platform.waited'), cell: (p) => p.waited, numeric: true },
          ]}
          card={(p) => <CardRow title={poolName(p)} end={`${p.in_use}/${p.max}`} sub={`${t('platform.idle')} ${p.idle}`} state={`${t('platform.waited')} ${p.waited}`} />}
          empty={null}
        />
      </Section>
    </>
  );
}
