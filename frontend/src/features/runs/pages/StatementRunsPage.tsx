import Button from '@mui/material/Button';
import { Link } from 'react-router';
import { useFeed } from '../../../shared/api/infinite';
import { formatAgo, formatDay } from '../../../shared/lib/dates';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { Can, StatusChip } from '../../../shared/ui/small';
import { EmptyState } from '../../../shared/ui/states';
import { useT } from '../locales/en';
import { runTones } from '../model';
import { useStatementsFeedInfiniteQuery, type StatementRunView } from '../statements';

export function StatementRunsPage() {
  const t = useT();
  const list = useFeed(useStatementsFeedInfiniteQuery());
  const state = (r: StatementRunView) => <StatusChip label={t(`state_.${r.state}`)} tone={runTones[r.state]} />;
  const how = (r: StatementRunView) => (r.monthly ? t('statements.byItself') : '');
  const columns: Column<StatementRunView>[] = [
    { key: 'to', header: t('statements.day'), width: 'minmax(0, 2fr)', cell: (r) => formatDay(r.to) },
    { key: 'how', header: t('note'), width: 'minmax(0, 2fr)', from: 'md', cell: how },
    { key: 'state', header: t('state'), width: '120px', cell: state },
    { key: 'sent', header: t('statements.sent'), width: '90px', numeric: true, cell: (r) => String(r.counts.sent) },
    { key: 'skipped', header: t('statements.skipped'), width: '100px', numeric: true, cell: (r) => String(r.counts.skipped) },
    { key: 'refused', header: t('statements.refused'), width: '90px', numeric: true, cell: (r) => (r.counts.refused > 0 ? String(r.counts.refused) : '') },
    { key: 'at', header: t('statements.begun'), width: '140px', from: 'md', cell: (r) => formatAgo(r.created_at) },
  ];
  const add = <Can permission="invoicing.invoices.issue"><Button variant="contained" component={Link} to="/statement-runs/new">{t('statements.new')}</Button></Can>;
  const month = <Can permission="invoicing.settings.read"><Button component={Link} to="/settings/invoicing">{t('statements.month')}</Button></Can>;
  return (
    <>
      <PageHeader up={{ to: '/invoices', label: t('invoices') }} title={t('statements.title')} sub={t('statements.sub')} actions={<>{month}{add}</>} />
      <DataTable
        {...list}
        label={t('statements.title')}
        columns={columns}
        getId={(r) => r.id}
        href={(r) => `/statement-runs/${r.id}`}
        nameOf={(r) => formatDay(r.to)}
        card={(r) => <CardRow title={formatDay(r.to)} end={`${t('statements.sent')}: ${r.counts.sent}`} sub={[how(r), formatAgo(r.created_at)].filter(Boolean).join(' · ')} state={state(r)} />}
        empty={<EmptyState title={t('statements.empty')} text={t('statements.emptyText')} action={add} />}
      />
    </>
  );
}
