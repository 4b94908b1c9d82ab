import { formatDay } from '../../../shared/lib/dates';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { Money } from '../../../shared/ui/small';
import { EmptyState } from '../../../shared/ui/states';
import type { BillingQuarter } from '../../../shared/api/gen/billing.gen';
import { useBillingQuartersQuery } from '../api';
import { useT } from '../locales/en';

/** The quarters that were settled: most people, licensed seats, and what that cost. */
export function Quarters() {
  const t = useT();
  const list = useBillingQuartersQuery();
  const name = (q: BillingQuarter) => t('quarterFrom', { day: formatDay(q.quarter) });
  const seats = (q: BillingQuarter) => t('quarterSeats', { peak: q.peak, licensed: q.licensed, day: q.peak_day ? formatDay(q.peak_day) : '' });
  const columns: Column<BillingQuarter>[] = [
    { key: 'quarter', header: t('quarter'), cell: name },
    { key: 'seats', header: t('seats'), cell: seats, width: 'minmax(0, 2fr)' },
    { key: 'amount', header: t('total'), cell: (q) => <Money value={q} cents />, numeric: true, width: '140px' },
  ];
  return (
    <DataTable
      label={t('quarters')}
      rows={list.data?.items}
      columns={columns}
      getId={(q) => q.quarter}
      error={list.error}
      onRetry={() => void list.refetch()}
      card={(q) => <CardRow title={name(q)} end={<Money value={q} cents />} sub={seats(q)} />}
      empty={<EmptyState title={t('noQuarters')} text={t('noQuartersText')} />}
    />
  );
}
