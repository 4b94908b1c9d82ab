import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import { useState } from 'react';
import { useParams } from 'react-router';
import { formatAgo, formatMoment } from '../../../shared/lib/dates';
import { later } from '../../../shared/ui/later';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { Facts, Figure, Figures } from '../../../shared/ui/small';
import { ErrorState, Section, SkeletonPage } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import {
  useOpsAgenciesBackupsQuery, useOpsAgenciesDeleteMutation, useOpsAgenciesGetQuery, useOpsAgenciesResumeMutation, useOpsAgenciesSuspendMutation, useOpsBillingGetQuery, useOpsCopiesGetQuery, useOpsPlacementsQuery, useOpsSupportListQuery,
  useOpsSupportOpenMutation, useOpsTasksBeginMutation, useOpsTasksListQuery,
} from '../api';
import { BillingSection } from '../components/BillingSection';
import { HealthChip, StateChip } from '../components/chips';
import { HistoryTable } from '../components/HistoryTable';
import { Backups, Looks, Tasks } from '../components/Care';
import { Copies } from '../components/Copies';
import { useT } from '../locales/en';
import { formatBytes } from '../model';

const ReasonDialog = later(async () => (await import('../components/ReasonDialog')).ReasonDialog);

const MoveDialog = later(async () => (await import('../components/MoveDialog')).MoveDialog);

type Act = 'suspend' | 'resume' | 'delete' | 'migrate' | 'export' | 'look';

/** One agency: how it does and what can be done to it. */
export function AgencyPage() {
  const t = useT();
  const { id = '' } = useParams();
  const { data: a, error, refetch } = useOpsAgenciesGetQuery({ id });
  // The sections ask for these too. The page waits for all of them, so that nothing on it moves.
  const coming = [useOpsTasksListQuery({ id }), useOpsBillingGetQuery({ id }), useOpsSupportListQuery({ id }), useOpsAgenciesBackupsQuery({ id }), useOpsCopiesGetQuery({ id })].some((q) => q.isLoading);
  const [act, setAct] = useState<Act | null>(null);
  const { data: databases, isLoading: placing } = useOpsPlacementsQuery();
  const [moving, setMoving] = useState(false);
  const [restoring, setRestoring] = useState<string | null>(null);
  const [suspend] = useOpsAgenciesSuspendMutation();
  const [resume] = useOpsAgenciesResumeMutation();
  const [remove] = useOpsAgenciesDeleteMutation();
  const [begin] = useOpsTasksBeginMutation();
  const [look] = useOpsSupportOpenMutation();
  if (!a) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonPage />;
  if (coming || placing) return <SkeletonPage />;

  const run = async (what: Act, reason: string) => {
    const args = { id, reasonBody: { reason } };
    if (what === 'look') {
      const made = await look(args).unwrap();
      location.assign(made.url);
      return;
    }
    if (what === 'suspend') await suspend(args).unwrap();
    else if (what === 'resume') await resume(args).unwrap();
    else if (what === 'delete') await remove(args).unwrap();
    else {
      await begin({ id, newOpsTask: { kind: what, reason } }).unwrap();
      toast(t('agency.begun'));
      return;
    }
    toast(t('agency.did'));
  };
  const open = a.state === 'active';
  const others = databases?.items.filter((p) => p.name !== a.placement) ?? [];
  const movable = others.length > 0 && (open || a.state === 'suspended');
  const button = (what: Act, danger = false) => <Button key={what} variant="outlined" color={danger ? 'error' : 'inherit'} onClick={() => setAct(what)}>{t(`agency.${what}`)}</Button>;
  return (
    <>
      <PageHeader
        title={a.name}
        sub={<Link href={a.url} sx={{ overflowWrap: 'anywhere' }}>{a.url}</Link>}
        up={{ to: '/', label: t('agencies.title') }}
        chip={<Box sx={{ display: 'flex', gap: 2 }}><StateChip state={a.state} /><HealthChip agency={a} /></Box>}
        actions={<>{open && button('look')}{button('migrate')}{button('export')}{movable && <Button variant="outlined" color="inherit" onClick={() => setMoving(true)}>{t('agency.move')}</Button>}{open ? button('suspend') : a.state !== 'removing' && button('resume')}{(open || a.state === 'suspended') && button('delete', true)}</>}
      />
      {a.migration_error && <Alert severity="error" sx={{ mb: 4, overflowWrap: 'anywhere' }}>{t('agency.error')}: {a.migration_error}</Alert>}
      <Figures>
        <Figure label={t('agency.staff')} value={a.staff} />
        <Figure label={t('agency.contacts')} value={a.contacts} />
        <Figure label={t('agencies.col.size')} value={formatBytes(a.bytes)} />
        <Figure label={t('agencies.col.seen')} value={a.last_activity_at ? formatAgo(a.last_activity_at) : t('never')} />
      </Figures>
      <Section title={t('agency.overview')}>
        <Facts
          items={[
            [t('agencies.col.version'), a.version],
            ...(others.length > 0 ? [[t('agencies.col.placement'), a.placement] as [string, string]] : []),
            [t('agency.opened'), formatMoment(a.created_at)],
            ...(a.deleted_at ? [[t('agency.deletedAt'), formatMoment(a.deleted_at)] as [string, string]] : []),
            [t('agency.backup'), a.last_backup_at ? formatAgo(a.last_backup_at) : t('never')],
          ]}
        />
      </Section>
      <Tasks id={id} />
      <Copies id={id} />
      <BillingSection id={id} />
      <Looks id={id} />
      <Backups id={id} onRestore={setRestoring} />
      <Section title={t('agency.history')} pad={false}><HistoryTable agencyId={id} empty={t('agency.historyEmpty')} /></Section>
      {act && <ReasonDialog title={t(`agency.${act}`)} text={t(`agency.${act}Text`)} onClose={() => setAct(null)} onDo={(reason) => run(act, reason)} />}
      {moving && (
        <MoveDialog
          placements={others}
          onClose={() => setMoving(false)}
          onDo={async (placement, reason) => { await begin({ id, newOpsTask: { kind: 'move', placement, reason } }).unwrap(); toast(t('agency.begun')); }}
        />
      )}
      {restoring && (
        <ReasonDialog
          title={t('agency.restore')}
          text={t('agency.restoreText')}
          onClose={() => setRestoring(null)}
          onDo={async (reason) => { await begin({ id, newOpsTask: { kind: 'restore', backup_id: restoring, reason } }).unwrap(); toast(t('agency.begun')); }}
        />
      )}
    </>
  );
}
