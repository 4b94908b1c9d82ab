import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useState } from 'react';
import { Link } from 'react-router';
import { useClientsTagsQuery, type ClientView } from '../../../shared/api/gen/clients.gen';
import { useFeed } from '../../../shared/api/infinite';
import { useStaff } from '../../../shared/api/members';
import { useCommand } from '../../../shared/lib/commands';
import { formatDay } from '../../../shared/lib/dates';
import { useParam } from '../../../shared/lib/hooks';
import { useCan } from '../../../shared/lib/me';
import { CardRow, DataTable, type Column, type Sort } from '../../../shared/ui/DataTable';
import { FilterBar } from '../../../shared/ui/filters';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { PersonAvatar, StatusChip } from '../../../shared/ui/small';
import { EmptyState, NoResults } from '../../../shared/ui/states';
import { useClientsFeedInfiniteQuery } from '../api';
import { useT } from '../locales/en';
import { later } from '../../../shared/ui/later';

const ClientDialog = later(async () => (await import('../components/ClientDialog')).ClientDialog);

type Order = NonNullable<Parameters<typeof useClientsFeedInfiniteQuery>[0]> extends { sort?: infer S } ? S : never;

export function ClientsPage() {
  const t = useT();
  const writes = useCan()('clients.clients.write');
  const staff = useStaff();
  const tags = useClientsTagsQuery().data?.items ?? [];
  const [q, setQ] = useParam('q');
  const [state, setState] = useParam('state');
  const [owner, setOwner] = useParam('owner');
  const [tag, setTag] = useParam('tag');
  const [order, setOrder] = useParam('sort', 'name');
  const [adding, setAdding] = useState(false);
  useCommand('new', () => setAdding(true), writes);
  const list = useFeed<ClientView>(
    useClientsFeedInfiniteQuery({
      q: q || undefined, state: (state || undefined) as 'archived' | 'all' | undefined, ownerId: owner || undefined, tag: tag || undefined, sort: order as Order,
    }),
  );
  const narrowed = [q, state, owner, tag].some(Boolean);
  const clear = () => {
    for (const set of [setQ, setState, setOwner, setTag]) set('');
  };
  const sort: Sort = { key: order.replace('-', ''), desc: order.startsWith('-') };
  const columns: Column<ClientView>[] = [
    { key: 'name', header: t('field.name'), width: 'minmax(0, 3fr)', sortable: true, cell: (c) => c.name },
    { key: 'code', header: t('field.code'), width: '96px', cell: (c) => c.code },
    { key: 'contact', header: t('field.contact'), width: 'minmax(0, 2fr)', cell: (c) => c.primary_contact?.name ?? '' },
    { key: 'tags', header: t('field.tags'), width: 'minmax(0, 2fr)', from: 'lg', cell: (c) => c.tags.join(', ') },
    { key: 'owner', header: t('field.owner'), width: 'minmax(0, 1.5fr)', from: 'md', cell: (c) => (staff.nameOf(c.owner_id) ? <PersonAvatar name={staff.nameOf(c.owner_id)} size={24} named /> : '') },
    { key: 'updated_at', header: t('field.updated'), width: '132px', from: 'md', sortable: true, cell: (c) => formatDay(c.updated_at.slice(0, 10)) },
    { key: 'state', header: t('filter.state'), width: '110px', cell: (c) => c.archived_at && <StatusChip label={t('archived')} /> },
  ];
  const add = writes && <Button variant="contained" onClick={() => setAdding(true)}>{t('new')}</Button>;
  const query = new URLSearchParams(Object.entries({ q, state, owner, tag, sort: order }).filter(([, v]) => v !== '')).toString();
  return (
    <>
      <PageHeader
        title={t('title')}
        actions={
          <>
            {writes && <Button component={Link} to="/clients/import" variant="outlined">{t('import')}</Button>}
            {add}
          </>
        }
      />
      <FilterBar
        search={{ value: q, onChange: setQ, label: t('search') }}
        filters={[
          { key: 'state', label: t('filter.state'), value: state, onChange: setState, options: [{ value: 'archived', label: t('filter.archived') }, { value: 'all', label: t('filter.all') }] },
          { key: 'owner', label: t('filter.owner'), value: owner, onChange: setOwner, options: staff.options },
          { key: 'tag', label: t('filter.tag'), value: tag, onChange: setTag, options: tags.map((x) => ({ value: x, label: x })) },
        ]}
        end={<Box sx={{ display: { xs: 'none', sm: 'block' } }}><Button href={`/api/v1/clients/export?${query}`} download color="inherit">{t('export')}</Button></Box>}
      />
      <DataTable
        {...list}
        label={t('title')}
        columns={columns}
        getId={(c) => c.id}
        href={(c) => `/clients/${c.id}`}
        nameOf={(c) => c.name}
        sort={sort}
        onSort={(s) => setOrder(`${s.desc ? '-' : ''}${s.key}`)}
        card={(c) => <CardRow title={c.name} end={c.code} sub={c.primary_contact?.name ?? c.tags.join(', ')} state={c.archived_at && <StatusChip label={t('archived')} />} />}
        empty={narrowed ? <NoResults onClear={clear} /> : <EmptyState title={t('empty')} text={t('emptyText')} action={add} />}
      />
      {adding && <ClientDialog onClose={() => setAdding(false)} />}
    </>
  );
}
