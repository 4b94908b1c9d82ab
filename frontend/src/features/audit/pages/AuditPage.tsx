import Button from '@mui/material/Button';
import VerifyIcon from '@mui/icons-material/VerifiedUserOutlined';
import { lazy, Suspense, useState } from 'react';
import { addDays, formatMoment } from '../../../shared/lib/dates';
import { useParam } from '../../../shared/lib/hooks';
import { useMe } from '../../../shared/lib/me';
import { useFeed } from '../../../shared/api/infinite';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { FilterBar } from '../../../shared/ui/filters';
import { NotInPlan, useLacks } from '../../../shared/ui/NotInPlan';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { EmptyState, NoResults } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useAuditEventsVerifyMutation, useAuditFeedInfiniteQuery, type AuditEventView } from '../api';
import { useT } from '../locales/en';
import { said } from '../model';

const EntryDialog = lazy(async () => ({ default: (await import('../components/EntryDialog')).EntryDialog }));
const Verdict = lazy(async () => ({ default: (await import('../components/Verdict')).Verdict }));

const entities = ['client', 'contact', 'project', 'task', 'time_entry', 'timesheet', 'rate_card', 'rate', 'invoice', 'payment', 'member', 'invitation', 'api_token', 'settings', 'position'];

export function AuditPage() {
  const t = useT();
  return useLacks('audit_log') ? <><PageHeader title={t('title')} sub={t('sub')} /><NotInPlan feature="audit_log" /></> : <Log />;
}

function Log() {
  const t = useT();
  const zone = useMe()?.agency.time_zone;
  const [entity, setEntity] = useParam('entity');
  const [action, setAction] = useParam('action');
  const [from, setFrom] = useParam('from');
  const [to, setTo] = useParam('to');
  const [open, setOpen] = useState<AuditEventView | null>(null);
  const [verify, verdict] = useAuditEventsVerifyMutation();
  const filtered = Boolean(entity || action || from || to);
  const list = useFeed(
    useAuditFeedInfiniteQuery({
      entity: entity || undefined,
      action: action || undefined,
      from: from ? `${from}T00:00:00Z` : undefined,
      to: to ? `${addDays(to, 1)}T00:00:00Z` : undefined,
    }),
  );
  const columns: Column<AuditEventView>[] = [
    { key: 'action', header: t('col.action'), cell: (e) => said(e.action), width: 'minmax(0, 2fr)' },
    { key: 'entity', header: t('col.entity'), cell: (e) => e.entity.replaceAll('_', ' '), from: 'md' },
    { key: 'who', header: t('col.who'), cell: (e) => e.actor_name || e.actor_kind, width: 'minmax(0, 1.5fr)' },
    { key: 'source', header: t('col.source'), cell: (e) => e.source, from: 'lg' },
    { key: 'at', header: t('col.at'), cell: (e) => formatMoment(e.at, zone), width: '180px', numeric: true },
  ];
  const clear = () => {
    setEntity('');
    setAction('');
    setFrom('');
    setTo('');
  };
  return (
    <>
      <PageHeader
        title={t('title')}
        sub={t('sub')}
        actions={<Button variant="outlined" startIcon={<VerifyIcon />} loading={verdict.isLoading} onClick={() => void verify().unwrap().catch(toast.failed)}>{t('verify')}</Button>}
      />
      {verdict.data && <Suspense fallback={null}><Verdict verdict={verdict.data} onClose={verdict.reset} /></Suspense>}
      <FilterBar
        search={{ value: action, onChange: setAction, label: t('filter.action') }}
        filters={[
          { key: 'entity', label: t('filter.entity'), value: entity, onChange: setEntity, options: entities.map((e) => ({ value: e, label: e.replaceAll('_', ' ') })) },
          { key: 'from', kind: 'date', label: t('filter.from'), value: from, onChange: setFrom },
          { key: 'to', kind: 'date', label: t('filter.to'), value: to, onChange: setTo },
        ]}
      />
      <DataTable
        {...list}
        label={t('title')}
        columns={columns}
        getId={(e) => e.id}
        onOpen={setOpen}
        card={(e) => <CardRow title={said(e.action)} sub={`${e.actor_name || e.actor_kind} · ${e.entity.replaceAll('_', ' ')}`} state={formatMoment(e.at, zone)} />}
        empty={filtered ? <NoResults onClear={clear} /> : <EmptyState title={t('empty')} text={t('emptyText')} />}
      />
      {open && <Suspense fallback={null}><EntryDialog entry={open} onClose={() => setOpen(null)} /></Suspense>}
    </>
  );
}
