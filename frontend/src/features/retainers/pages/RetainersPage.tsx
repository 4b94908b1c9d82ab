import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { retainersApi, type RetainersListApiArg, type RetainersListApiResponse, type RetainerView } from '../../../shared/api/gen/retainers.gen';
import { infinite, useFeed } from '../../../shared/api/infinite';
import { formatDay } from '../../../shared/lib/dates';
import { useParam } from '../../../shared/lib/hooks';
import { useCan } from '../../../shared/lib/me';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { FilterBar } from '../../../shared/ui/filters';
import { later } from '../../../shared/ui/later';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { StatusChip } from '../../../shared/ui/small';
import { EmptyState, NoResults } from '../../../shared/ui/states';
import { Bar } from '../components/Bar';
import { useT } from '../locales/en';
import { said } from '../model';

const RetainerDialog = later(async () => (await import('../components/RetainerDialog')).RetainerDialog);

const api = retainersApi.injectEndpoints({
  endpoints: (build) => ({
    retainersFeed: build.infiniteQuery<RetainersListApiResponse, RetainersListApiArg, string>({ ...infinite('/api/v1/retainers'), providesTags: ['retainers'] }),
  }),
});

export function RetainersPage() {
  const t = useT();
  const writes = useCan()('retainers.retainers.write');
  const [params] = useSearchParams();
  const [q, setQ] = useParam('q');
  const [state, setState] = useParam('state');
  const [adding, setAdding] = useState(params.get('new') !== null);
  const list = useFeed(api.useRetainersFeedInfiniteQuery({ q: q || undefined, ...(state === 'ended' || state === 'low' ? { state } : {}) }));
  const span = (r: RetainerView) => (r.current ? `${formatDay(r.current.from_on)} – ${formatDay(r.current.to_on)}` : '');
  const whose = (r: RetainerView) => [r.client_name, r.project_name].filter(Boolean).join(' · ');
  const low = (r: RetainerView) => r.low_since && <StatusChip label={t('low')} tone="warning" />;
  const named = (r: RetainerView) => (r.low_since ? <Box sx={{ display: 'flex', gap: 2, alignItems: 'center', flexWrap: 'wrap' }}>{r.name}{low(r)}</Box> : r.name);
  const columns: Column<RetainerView>[] = [
    { key: 'name', header: t('name'), width: 'minmax(0, 2fr)', cell: (r) => named(r) },
    { key: 'client', header: t('client'), width: 'minmax(0, 2fr)', cell: whose },
    { key: 'period', header: t('period'), width: '220px', from: 'md', cell: span },
    { key: 'bar', header: t('used'), width: '130px', cell: (r) => r.current && <Bar period={r.current} currency={r.currency} compact /> },
    { key: 'left', header: t('left'), width: '120px', numeric: true, cell: (r) => said(r.current?.left) },
  ];
  const add = writes && <Button variant="contained" onClick={() => setAdding(true)}>{t('new')}</Button>;
  return (
    <>
      <PageHeader title={t('title')} sub={t('sub')} actions={add} />
      <FilterBar search={{ value: q, onChange: setQ, label: t('search') }} filters={[{ key: 'state', label: t('state'), value: state, onChange: setState, options: [{ value: 'low', label: t('low') }, { value: 'ended', label: t('ended') }] }]} />
      <DataTable
        {...list}
        label={t('title')}
        columns={columns}
        getId={(r) => r.id}
        href={(r) => `/retainers/${r.id}`}
        nameOf={(r) => r.name}
        card={(r) => <CardRow title={r.name} end={said(r.current?.left)} sub={whose(r)} state={<>{r.current && <Bar period={r.current} currency={r.currency} compact />}{low(r)}</>} />}
        empty={q || state ? <NoResults onClear={() => { setQ(''); setState(''); }} /> : <EmptyState title={t('empty')} text={t('emptyText')} action={add} />}
      />
      {adding && <RetainerDialog clientId={params.get('client') ?? ''} onClose={() => setAdding(false)} />}
    </>
  );
}
