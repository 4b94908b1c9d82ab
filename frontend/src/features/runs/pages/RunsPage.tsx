import Button from '@mui/material/Button';
import { Link } from 'react-router';
import { useFeed } from '../../../shared/api/infinite';
import { formatAgo, formatRange } from '../../../shared/lib/dates';
import { useCan } from '../../../shared/lib/me';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { StatusChip } from '../../../shared/ui/small';
import { EmptyState } from '../../../shared/ui/states';
import { useRunsFeedInfiniteQuery, type InvoiceRunView } from '../api';
import { Totals } from '../components/Totals';
import { useT } from '../locales/en';
import { runTones } from '../model';

export function RunsPage() {
  const t = useT();
  const writes = useCan()('invoicing.invoices.write');
  const list = useFeed(useRunsFeedInfiniteQuery());
  const state = (r: InvoiceRunView) => <StatusChip label={t(`state_.${r.state}`)} tone={runTones[r.state]} />;
  const made = (r: InvoiceRunView) => String(r.counts.drafted + r.counts.issued);
  const columns: Column<InvoiceRunView>[] = [
    { key: 'period', header: t('period'), width: 'minmax(0, 2fr)', cell: (r) => formatRange(r.from, r.to) },
    { key: 'how', header: t('how'), width: 'minmax(0, 2fr)', from: 'md', cell: (r) => t(`hows.${r.how}`) },
    { key: 'state', header: t('state'), width: '120px', cell: state },
    { key: 'made', header: t('made'), width: '90px', numeric: true, cell: made },
    { key: 'refused', header: t('states.refused'), width: '90px', numeric: true, cell: (r) => (r.counts.refused > 0 ? String(r.counts.refused) : '') },
    { key: 'total', header: t('total'), width: '170px', numeric: true, cell: (r) => <Totals of={r.totals} /> },
    { key: 'at', header: t('begun'), width: '140px', from: 'md', cell: (r) => formatAgo(r.created_at) },
  ];
  const add = writes && <Button variant="contained" component={Link} to="/invoice-runs/new">{t('new')}</Button>;
  return (
    <>
      <PageHeader up={{ to: '/invoices', label: t('invoices') }} title={t('title')} sub={t('sub')} actions={add} />
      <DataTable
        {...list}
        label={t('title')}
        columns={columns}
        getId={(r) => r.id}
        href={(r) => `/invoice-runs/${r.id}`}
        nameOf={(r) => formatRange(r.from, r.to)}
        card={(r) => <CardRow title={formatRange(r.from, r.to)} end={<Totals of={r.totals} />} sub={`${t('made')}: ${made(r)}`} state={state(r)} />}
        empty={<EmptyState title={t('empty')} text={t('emptyText')} action={add} />}
      />
    </>
  );
}
