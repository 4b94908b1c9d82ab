import Link from '@mui/material/Link';
import { Link as RouterLink } from 'react-router';
import { formatMoment } from '../../../shared/lib/dates';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { StatusChip } from '../../../shared/ui/small';
import { EmptyState } from '../../../shared/ui/states';
import { useOpsBillingDriftQuery, type OpsDrift } from '../api';
import { useT } from '../locales/en';
import { said } from '../model';

/** What the nightly comparisons with the payment provider found. */
export function DriftPage() {
  const t = useT();
  const list = useOpsBillingDriftQuery();
  const whose = (d: OpsDrift) => (d.agency_id ? <Link component={RouterLink} to={`/agencies/${d.agency_id}`} underline="always">{d.subject}</Link> : d.subject);
  const differs = (d: OpsDrift) => `${said(d.field)}: ${d.ours || t('none')} → ${d.theirs || t('none')}`;
  const state = (d: OpsDrift) => <StatusChip label={t(d.healed ? 'drift.healed' : 'drift.open')} tone={d.healed ? 'success' : 'danger'} />;
  const columns: Column<OpsDrift>[] = [
    { key: 'whose', header: t('drift.subject'), cell: whose },
    { key: 'what', header: t('drift.differs'), cell: differs, width: 'minmax(0, 2fr)' },
    { key: 'state', header: t('agencies.state'), cell: state, width: '120px' },
    { key: 'at', header: t('history.when'), cell: (d) => formatMoment(d.at), numeric: true, width: '180px', from: 'md' },
  ];
  return (
    <>
      <PageHeader title={t('drift.title')} sub={t('drift.sub')} />
      <DataTable
        label={t('drift.title')}
        rows={list.data?.items}
        columns={columns}
        getId={(d) => `${d.at} ${d.subject} ${d.field}`}
        error={list.error}
        onRetry={() => void list.refetch()}
        card={(d) => <CardRow title={whose(d)} sub={differs(d)} state={state(d)} />}
        empty={<EmptyState title={t('drift.empty')} text={t('drift.emptyText')} />}
      />
    </>
  );
}
