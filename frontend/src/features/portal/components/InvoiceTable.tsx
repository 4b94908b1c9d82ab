import type { ReactNode } from 'react';
import type { PortalInvoice } from '../../../shared/api/gen/portal.gen';
import { formatDay } from '../../../shared/lib/dates';
import { formatMoney } from '../../../shared/lib/money';
import { signedTotal } from '../../../shared/paper/signs';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { Money } from '../../../shared/ui/small';
import { useAs } from '../api';
import { useT } from '../locales/en';
import { InvoiceStatus } from './parts';

type Props = { rows: PortalInvoice[] | undefined; error?: unknown; onRetry?: () => void; empty: ReactNode };

export function InvoiceTable({ rows, error, onRetry, empty }: Props) {
  const t = useT();
  const { to } = useAs();
  const due = (i: PortalInvoice) => (i.due_on && i.kind !== 'credit_note' ? formatDay(i.due_on) : '');
  // Where a card has one amount: what is open of it, if that is another one.
  const partly = (i: PortalInvoice) => i.kind !== 'credit_note' && Number(i.balance.amount) !== 0 && i.balance.amount !== i.total.amount;
  const columns: Column<PortalInvoice>[] = [
    { key: 'number', header: t('number'), width: 'minmax(0, 2fr)', cell: (i) => i.number },
    { key: 'issued', header: t('issued'), width: '124px', from: 'md', cell: (i) => (i.issue_on ? formatDay(i.issue_on) : '') },
    { key: 'due', header: t('due'), width: '124px', cell: due },
    { key: 'total', header: t('total'), width: '130px', numeric: true, cell: (i) => <Money value={signedTotal(i)} cents /> },
    { key: 'balance', header: t('balance'), width: '130px', numeric: true, cell: (i) => (i.kind !== 'credit_note' ? <Money value={i.balance} cents /> : '') },
    { key: 'status', header: t('status.label'), width: '130px', cell: (i) => <InvoiceStatus status={i.status} /> },
  ];
  return (
    <DataTable
      label={t('invoices')}
      rows={rows}
      columns={columns}
      getId={(i) => i.id}
      href={(i) => to(`/portal/invoices/${i.id}`)}
      nameOf={(i) => i.number}
      card={(i) => <CardRow title={i.number} end={<Money value={signedTotal(i)} cents />} sub={[due(i) && `${t('due')}: ${due(i)}`, partly(i) && `${t('balance')}: ${formatMoney(i.balance)}`].filter(Boolean).join(' · ')} state={<InvoiceStatus status={i.status} />} />}
      error={error}
      onRetry={onRetry}
      empty={empty}
    />
  );
}
