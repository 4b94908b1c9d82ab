import Link from '@mui/material/Link';
import { formatDay } from '../../../shared/lib/dates';
import { formatMoney } from '../../../shared/lib/money';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { StatusChip, type Tone } from '../../../shared/ui/small';
import { EmptyState } from '../../../shared/ui/states';
import type { PlatformInvoice } from '../../../shared/api/gen/billing.gen';
import { useBillingInvoicesQuery } from '../api';
import { useT } from '../locales/en';
import { stateKey } from '../model';

const tones: Record<string, Tone> = { paid: 'success', open: 'warning', draft: 'neutral', void: 'neutral', uncollectible: 'danger' };

/** What Bureau has billed the agency, newest first. */
export function Invoices() {
  const t = useT();
  const list = useBillingInvoicesQuery({});
  const state = (x: PlatformInvoice) => <StatusChip label={t(stateKey(x.status))} tone={tones[x.status] ?? 'neutral'} />;
  const number = (x: PlatformInvoice) => (x.url ? <Link href={x.url} underline="always">{x.number || t('status.draft')}</Link> : x.number || t('status.draft'));
  const total = (x: PlatformInvoice) => formatMoney({ amount: x.total, currency: x.currency });
  const columns: Column<PlatformInvoice>[] = [
    { key: 'number', header: t('number'), cell: number },
    { key: 'date', header: t('date'), cell: (x) => formatDay(x.created_at.slice(0, 10)) },
    { key: 'state', header: t('state'), cell: state },
    { key: 'total', header: t('total'), numeric: true, cell: total },
  ];
  return (
    <DataTable
      label={t('invoices')}
      rows={list.data?.items}
      columns={columns}
      getId={(x) => x.id}
      card={(x) => <CardRow title={number(x)} end={total(x)} sub={formatDay(x.created_at.slice(0, 10))} state={state(x)} />}
      error={list.error}
      onRetry={() => void list.refetch()}
      empty={<EmptyState title={t('noInvoices')} />}
    />
  );
}
