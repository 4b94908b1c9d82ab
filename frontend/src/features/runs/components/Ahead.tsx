import Box from '@mui/material/Box';
import { useFeed } from '../../../shared/api/infinite';
import { formatMoney } from '../../../shared/lib/money';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { Money } from '../../../shared/ui/small';
import { EmptyState, Section } from '../../../shared/ui/states';
import { useRunAheadInfiniteQuery, type InvoiceRunAhead, type NewInvoiceRun } from '../api';
import { useT } from '../locales/en';

/** What a run will bill, client by client, and what will be refused. */
export function Ahead({ wish }: { wish: NewInvoiceRun }) {
  const t = useT();
  const ready = Boolean(wish.from && wish.to && wish.from <= wish.to);
  const query = useRunAheadInfiniteQuery(wish, { skip: !ready });
  const list = useFeed({ ...query, data: query.currentData });
  const head = query.currentData?.pages[0];
  const note = (a: InvoiceRunAhead) => [a.why, a.open > 0 && !a.code && t('open', { count: a.open }), a.left_out > 0 && t('out', { count: a.left_out }), a.fees > 0 && t('retainerFees', { count: a.fees, total: a.fees_total.map((m) => formatMoney(m)).join(' + ') })].filter(Boolean).join(' · ');
  const total = (a: InvoiceRunAhead) => (a.lines > 0 ? <Money value={a.total} /> : '–');
  const columns: Column<InvoiceRunAhead>[] = [
    { key: 'client', header: t('client'), width: 'minmax(0, 2fr)', cell: (a) => a.client_name },
    { key: 'entries', header: t('entries'), width: '90px', numeric: true, from: 'md', cell: (a) => String(a.entries) },
    { key: 'total', header: t('total'), width: '130px', numeric: true, cell: total },
    { key: 'note', header: t('note'), width: 'minmax(0, 3fr)', wrap: true, cell: note },
  ];
  return (
    <Section title={head && head.to_bill > 0 ? t('aheadCount', { count: head.to_bill, all: head.clients }) : t('ahead')} pad={false}>
      <Box aria-live="polite" sx={{ minHeight: 320 }}>
        {ready ? <DataTable
          {...list}
          label={t('ahead')}
          columns={columns}
          getId={(a) => a.client_id}
          nameOf={(a) => a.client_name}
          card={(a) => <CardRow wrap title={a.client_name} end={total(a)} sub={note(a)} />}
          empty={<EmptyState title={t('aheadEmpty')} text={t('aheadEmptyText')} />}
        /> : <EmptyState title={t('noDays')} />}
      </Box>
    </Section>
  );
}
