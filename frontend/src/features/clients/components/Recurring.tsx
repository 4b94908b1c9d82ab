import Button from '@mui/material/Button';
import { Link } from 'react-router';
import { useRecurringInvoicesListQuery, type RecurringInvoiceView } from '../../../shared/api/gen/recurring-invoices.gen';
import { formatDay } from '../../../shared/lib/dates';
import { useCan } from '../../../shared/lib/me';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { Money, StatusChip, type Tone } from '../../../shared/ui/small';
import { EmptyState, Section } from '../../../shared/ui/states';
import { useT } from '../locales/en';

const tones: Record<RecurringInvoiceView['state'], Tone> = { active: 'success', paused: 'warning', ended: 'neutral' };

/** What the client is billed again and again. */
export function Recurring({ clientId }: { clientId: string }) {
  const t = useT();
  const writes = useCan()('invoicing.invoices.write');
  const list = useRecurringInvoicesListQuery({ clientId, limit: 100 });
  const state = (r: RecurringInvoiceView) => (r.open > 0 ? <StatusChip label={t('recurring.waits')} tone="danger" /> : <StatusChip label={t(`recurring.state.${r.state}`)} tone={tones[r.state]} />);
  const next = (r: RecurringInvoiceView) => (r.next_on ? formatDay(r.next_on) : '–');
  const columns: Column<RecurringInvoiceView>[] = [
    { key: 'name', header: t('recurring.name'), width: 'minmax(0, 3fr)', cell: (r) => r.name },
    { key: 'next', header: t('recurring.next'), width: '140px', cell: next },
    { key: 'net', header: t('recurring.net'), width: '140px', numeric: true, cell: (r) => <Money value={r.net} /> },
    { key: 'state', header: t('recurring.stateOf'), width: '140px', cell: state },
  ];
  const add = writes && <Button component={Link} to={`/recurring/new?client=${clientId}`}>{t('recurring.new')}</Button>;
  return (
    <Section title={t('recurring.title')} action={add} pad={false}>
      <DataTable label={t('recurring.title')} rows={list.data?.items} columns={columns} getId={(r) => r.id} href={(r) => `/recurring/${r.id}`} nameOf={(r) => r.name} error={list.error} onRetry={() => void list.refetch()}
        card={(r) => <CardRow title={r.name} end={<Money value={r.net} />} sub={next(r)} state={state(r)} />} empty={<EmptyState title={t('recurring.empty')} />} />
    </Section>
  );
}
