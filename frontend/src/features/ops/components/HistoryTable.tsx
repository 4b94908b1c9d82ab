import Link from '@mui/material/Link';
import { Link as RouterLink } from 'react-router';
import { useFeed } from '../../../shared/api/infinite';
import { formatMoment } from '../../../shared/lib/dates';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { EmptyState } from '../../../shared/ui/states';
import { useHistoryFeedInfiniteQuery, type OpsEvent } from '../api';
import { useT } from '../locales/en';
import { said } from '../model';

/** What operators did, to one agency or to all. */
export function HistoryTable({ agencyId, empty }: { agencyId?: string; empty: string }) {
  const t = useT();
  const list = useFeed(useHistoryFeedInfiniteQuery({ agencyId }));
  const columns: Column<OpsEvent>[] = [
    { key: 'what', header: t('history.what'), cell: (e) => said(e.action) },
    ...(agencyId ? [] : [{ key: 'agency', header: t('history.agency'), cell: (e: OpsEvent) => (e.slug ? <Link component={RouterLink} to={`/agencies/${e.entity_id}`}>{e.slug}</Link> : '') }]),
    { key: 'why', header: t('history.why'), width: 'minmax(0, 2fr)', cell: (e) => e.reason, from: 'md' },
    { key: 'who', header: t('history.who'), cell: (e) => e.actor },
    { key: 'when', header: t('history.when'), width: '180px', numeric: true, cell: (e) => formatMoment(e.at) },
  ];
  return (
    <DataTable
      {...list}
      label={t('history.title')}
      columns={columns}
      getId={(e) => String(e.seq)}
      card={(e) => <CardRow title={said(e.action)} sub={[!agencyId && e.slug, e.actor, e.reason].filter(Boolean).join(' · ')} end={formatMoment(e.at)} />}
      empty={<EmptyState title={empty} />}
    />
  );
}
