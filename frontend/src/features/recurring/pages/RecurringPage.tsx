import Button from '@mui/material/Button';
import { Link } from 'react-router';
import { useFeed } from '../../../shared/api/infinite';
import { formatDay } from '../../../shared/lib/dates';
import { useParam } from '../../../shared/lib/hooks';
import { useCan } from '../../../shared/lib/me';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { FilterBar } from '../../../shared/ui/filters';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { Money } from '../../../shared/ui/small';
import { EmptyState, NoResults } from '../../../shared/ui/states';
import { useRecurringFeedInfiniteQuery, type RecurringInvoiceView } from '../api';
import { State, useRhythm } from '../components/said';
import { useT } from '../locales/en';
import { listStates } from '../model';

export function RecurringPage() {
  const t = useT();
  const writes = useCan()('invoicing.invoices.write');
  const rhythm = useRhythm();
  const [q, setQ] = useParam('q');
  const [state, setState] = useParam('state');
  const wanted = listStates.find((s) => s === state);
  const list = useFeed(useRecurringFeedInfiniteQuery({ q: q || undefined, ...(wanted && { state: wanted }) }));
  const next = (r: RecurringInvoiceView) => (r.next_on ? formatDay(r.next_on) : '–');
  const whose = (r: RecurringInvoiceView) => [r.client_name, r.project_name].filter(Boolean).join(' · ');
  const columns: Column<RecurringInvoiceView>[] = [
    { key: 'name', header: t('name'), width: 'minmax(0, 2fr)', cell: (r) => r.name },
    { key: 'client', header: t('client'), width: 'minmax(0, 2fr)', cell: whose },
    { key: 'every', header: t('rhythm'), width: '150px', from: 'md', cell: rhythm },
    { key: 'next', header: t('next'), width: '120px', cell: next },
    { key: 'net', header: t('net'), width: '130px', numeric: true, cell: (r) => <Money value={r.net} /> },
    { key: 'state', header: t('state'), width: '130px', cell: (r) => <State of={r} /> },
  ];
  const add = writes && <Button variant="contained" component={Link} to="/recurring/new">{t('new')}</Button>;
  return (
    <>
      <PageHeader up={{ to: '/invoices', label: t('invoices') }} title={t('title')} sub={t('sub')} actions={add} />
      <FilterBar search={{ value: q, onChange: setQ, label: t('search') }} filters={[{ key: 'state', label: t('state'), value: state, onChange: setState, options: listStates.map((s) => ({ value: s, label: t(`state_.${s}`) })) }]} />
      <DataTable
        {...list}
        label={t('title')}
        columns={columns}
        getId={(r) => r.id}
        href={(r) => `/recurring/${r.id}`}
        nameOf={(r) => r.name}
        card={(r) => <CardRow title={r.name} end={<Money value={r.net} />} sub={[whose(r), r.next_on && next(r)].filter(Boolean).join(' · ')} state={<State of={r} />} />}
        empty={q || state ? <NoResults onClear={() => { setQ(''); setState(''); }} /> : <EmptyState title={t('empty')} text={t('emptyText')} action={add} />}
      />
    </>
  );
}
