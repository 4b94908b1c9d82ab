import { useInvoicesListQuery, type InvoiceRow } from '../../../shared/api/gen/invoices.gen';
import { formatDay } from '../../../shared/lib/dates';
import { signedTotal } from '../../../shared/paper/signs';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { Money, StatusChip, type Tone } from '../../../shared/ui/small';
import { EmptyState } from '../../../shared/ui/states';
import { useT } from '../locales/en';

const tones: Record<InvoiceRow['status'], Tone> = { draft: 'neutral', in_review: 'warning', ready: 'success', open: 'brand', partly_paid: 'brand', overdue: 'danger', paid: 'success', credited: 'success', written_off: 'neutral', void: 'neutral', credit_note: 'neutral' };

export function Invoices({ clientId }: { clientId: string }) {
  const t = useT();
  const list = useInvoicesListQuery({ clientId, limit: 200, sort: '-created' });
  const status = (i: InvoiceRow) => <StatusChip label={t(`invoiceStatus.${i.status}`)} tone={tones[i.status]} />;
  const number = (i: InvoiceRow) => i.number || t('invoices.draft');
  const due = (i: InvoiceRow) => (i.due_on && i.kind !== 'credit_note' ? formatDay(i.due_on) : '');
  const columns: Column<InvoiceRow>[] = [
    { key: 'number', header: t('invoices.number'), width: 'minmax(0, 2fr)', cell: number },
    { key: 'issued', header: t('invoices.issued'), width: '132px', from: 'md', cell: (i) => (i.issue_on ? formatDay(i.issue_on) : '') },
    { key: 'due', header: t('invoices.due'), width: '132px', cell: due },
    { key: 'total', header: t('invoices.total'), width: '140px', numeric: true, cell: (i) => <Money value={signedTotal(i)} /> },
    { key: 'balance', header: t('invoices.balance'), width: '140px', numeric: true, from: 'md', cell: (i) => <Money value={i.balance} /> },
    { key: 'status', header: t('invoices.status'), width: '130px', cell: status },
  ];
  return (
    <DataTable
      label={t('tab.invoices')}
      rows={list.data?.items}
      columns={columns}
      getId={(i) => i.id}
      href={(i) => `/invoices/${i.id}`}
      nameOf={number}
      card={(i) => <CardRow title={number(i)} end={<Money value={signedTotal(i)} />} sub={due(i)} state={status(i)} />}
      error={list.error}
      onRetry={() => void list.refetch()}
      empty={<EmptyState title={t('invoices.empty')} />}
    />
  );
}
