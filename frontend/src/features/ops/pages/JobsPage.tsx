import Button from '@mui/material/Button';
import { useFeed } from '../../../shared/api/infinite';
import { formatAgo } from '../../../shared/lib/dates';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { EmptyState } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useJobsFeedInfiniteQuery, useOpsJobsRetryMutation, type OpsJob } from '../api';
import { useT } from '../locales/en';

/** Background work that failed. */
export function JobsPage() {
  const t = useT();
  const list = useFeed(useJobsFeedInfiniteQuery({}));
  const [retry, retrying] = useOpsJobsRetryMutation();
  const whose = (j: OpsJob) => j.slug || t('jobs.platform');
  const columns: Column<OpsJob>[] = [
    { key: 'kind', header: t('jobs.kind'), cell: (j) => j.kind },
    { key: 'agency', header: t('jobs.agency'), cell: whose },
    { key: 'error', header: t('jobs.error'), width: 'minmax(0, 3fr)', cell: (j) => <span title={j.error}>{j.error}</span> },
    { key: 'attempt', header: t('jobs.attempt'), width: '80px', numeric: true, cell: (j) => `${j.attempt}/${j.max_attempts}`, from: 'md' },
    { key: 'when', header: t('jobs.when'), cell: (j) => formatAgo(j.failed_at ?? j.created_at), from: 'md' },
  ];
  return (
    <>
      <PageHeader title={t('jobs.title')} sub={t('jobs.sub')} />
      <DataTable
        {...list}
        label={t('jobs.title')}
        columns={columns}
        getId={(j) => j.id}
        card={(j) => <CardRow title={j.kind} end={`${j.attempt}/${j.max_attempts}`} sub={`${whose(j)} · ${j.error}`} state={formatAgo(j.failed_at ?? j.created_at)} />}
        actionsWidth="112px"
        actions={(j) => <Button size="small" disabled={retrying.isLoading} onClick={() => void retry({ id: j.id }).unwrap().then(() => toast(t('jobs.retried')), toast.failed)}>{t('jobs.retry')}</Button>}
        empty={<EmptyState title={t('jobs.empty')} text={t('jobs.emptyText')} />}
      />
    </>
  );
}
