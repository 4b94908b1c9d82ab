import AddIcon from '@mui/icons-material/AddRounded';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useState } from 'react';
import { Link as To } from 'react-router';
import { useFeed } from '../../../shared/api/infinite';
import { formatDay } from '../../../shared/lib/dates';
import { useParam, useTab } from '../../../shared/lib/hooks';
import { formatMoney } from '../../../shared/lib/money';
import { signedTotal } from '../../../shared/paper/signs';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { FilterBar } from '../../../shared/ui/filters';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { Can, Figure, Figures, Money, StatusChip } from '../../../shared/ui/small';
import { EmptyState, NoResults } from '../../../shared/ui/states';
import { TabBar } from '../../../shared/ui/TabBar';
import { later } from '../../../shared/ui/later';
import { useInvoiceClientsQuery, useInvoicesFeedInfiniteQuery, useInvoicesOverviewQuery, type InvoiceCurrencyTotal, type InvoiceRow, type InvoicesListApiArg } from '../api';
import { useT } from '../locales/en';
import { tabs, tones } from '../model';

const NewInvoiceDialog = later(async () => (await import('../components/NewInvoiceDialog')).NewInvoiceDialog);

export function InvoicesPage() {
  const t = useT();
  const [tab, setTab] = useTab(tabs, 'status');
  const [q, setQ] = useParam('q');
  const [client, setClient] = useParam('client');
  const [from, setFrom] = useParam('from');
  const [to, setTo] = useParam('to');
  const [sort, setSort] = useParam('sort', '-created');
  const [creating, setCreating] = useParam('new');
  const [find, setFind] = useState('');
  const clients = useInvoiceClientsQuery(find);
  const narrow = { q: q || undefined, clientId: client || undefined, from: from || undefined, to: to || undefined };
  const overview = useInvoicesOverviewQuery(narrow);
  const list = useFeed(useInvoicesFeedInfiniteQuery({ ...narrow, status: tab === 'all' ? undefined : tab, sort: sort as InvoicesListApiArg['sort'] }));
  const filtered = Boolean(q || client || from || to || tab !== 'all');
  const clear = () => {
    setQ('');
    setClient('');
    setFrom('');
    setTo('');
    setTab('all');
  };
  const count = (key: (typeof tabs)[number]): number | undefined => {
    const c = overview.data?.counts;
    if (!c) return undefined;
    if (key === 'all') return Object.values(c).reduce((a, b) => a + b, 0);
    if (key === 'open') return (c['open'] ?? 0) + (c['partly_paid'] ?? 0) + (c['overdue'] ?? 0);
    if (key === 'draft') return (c['draft'] ?? 0) + (c['in_review'] ?? 0) + (c['ready'] ?? 0);
    return c[key] ?? 0;
  };
  const columns: Column<InvoiceRow>[] = [
    { key: 'number', header: t('col.number'), width: '150px', sortable: true, cell: (i) => i.number || t('draftOf') },
    { key: 'client', header: t('col.client'), width: 'minmax(0, 2fr)', sortable: true, cell: (i) => i.client_name },
    { key: 'status', header: t('col.state'), width: '130px', cell: (i) => <StatusChip label={t(`status.${i.status}`)} tone={tones[i.status]} /> },
    { key: 'issue_on', header: t('col.issued'), width: '120px', sortable: true, from: 'md', cell: (i) => (i.issue_on ? formatDay(i.issue_on) : '') },
    { key: 'due_on', header: t('col.due'), width: '120px', sortable: true, cell: (i) => (i.due_on && i.kind !== 'credit_note' ? formatDay(i.due_on) : '') },
    { key: 'total', header: t('col.total'), width: '130px', numeric: true, sortable: true, cell: (i) => <Money value={signedTotal(i)} /> },
    { key: 'balance', header: t('col.balance'), width: '130px', numeric: true, from: 'md', cell: (i) => (i.state === 'issued' && i.kind !== 'credit_note' ? <Money value={i.balance} /> : '') },
  ];
  const add = (
    <Can permission="invoicing.invoices.write">
      <Button variant="contained" startIcon={<AddIcon />} onClick={() => setCreating('1')}>{t('new')}</Button>
    </Can>
  );
  const open = overview.data?.totals.filter((x) => Number(x.open.amount) !== 0) ?? [];
  return (
    <>
      <PageHeader title={t('title')} actions={<><Button component={To} to="/recurring">{t('recurring')}</Button><Button component={To} to="/invoice-runs">{t('runs')}</Button><Button component={To} to="/statement-runs">{t('statements')}</Button><Button component={To} to="/late-fees">{t('late.title')}</Button><Button component={To} to="/realisation">{t('realised.title')}</Button><Button component={To} to="/currencies">{t('currencies.title')}</Button>{add}</>} />
      <Box sx={{ minHeight: { xs: 118, sm: 112 } }}>
        {overview.data && <Figures>{open.length > 0 ? open.flatMap((x) => figures(x, t)) : <Figure label={t('figure.none')} value="–" note={'\u00a0'} />}</Figures>}
      </Box>
      <TabBar label={t('tabsLabel')} value={tab} onChange={setTab} tabs={tabs.map((v) => ({ value: v, label: count(v) === undefined ? t(`tab.${v}`) : `${t(`tab.${v}`)} ${count(v)}` }))} />
      <FilterBar
        search={{ value: q, onChange: setQ, label: t('search') }}
        filters={[
          { key: 'client', label: t('filter.client'), value: client, onChange: setClient, options: clients.data?.items.map((c) => ({ value: c.id, label: c.name })) ?? [], onSearch: setFind },
          { key: 'from', kind: 'date', label: t('filter.from'), value: from, onChange: setFrom },
          { key: 'to', kind: 'date', label: t('filter.to'), value: to, onChange: setTo },
        ]}
      />
      <DataTable
        {...list}
        label={t('title')}
        columns={columns}
        getId={(i) => i.id}
        href={(i) => `/invoices/${i.id}`}
        sort={{ key: sort.replace('-', ''), desc: sort.startsWith('-') }}
        onSort={(s) => setSort(`${s.desc ? '-' : ''}${s.key}`)}
        card={(i) => (
          <CardRow
            title={i.client_name}
            end={<Money value={i.state === 'issued' && i.kind !== 'credit_note' ? i.balance : signedTotal(i)} />}
            sub={[i.number || t('draftOf'), i.due_on && i.state === 'issued' && i.kind !== 'credit_note' ? formatDay(i.due_on) : ''].filter(Boolean).join(' · ')}
            state={<StatusChip label={t(`status.${i.status}`)} tone={tones[i.status]} />}
          />
        )}
        empty={filtered ? <NoResults onClear={clear} /> : <EmptyState title={t('empty')} text={t('emptyText')} action={add} />}
      />
      {creating !== '' && <NewInvoiceDialog clientId={creating === '1' ? client : creating} onClose={() => setCreating('')} />}
    </>
  );
}

function figures(x: InvoiceCurrencyTotal, t: ReturnType<typeof useT>) {
  const names = ['current', 'd30', 'd60', 'd90', 'more'] as const;
  const ageing = x.ageing.flatMap((m, n) => (Number(m.amount) === 0 || n === 0 ? [] : [`${t(`ageing.${names[n] ?? 'more'}`)}: ${formatMoney(m)}`]));
  return [
    <Figure key={`${x.currency}o`} label={t('figure.open', { currency: x.currency })} value={<Money value={x.open} />} note={`${t('ageing.current')}: ${formatMoney(x.ageing[0])}`} />,
    <Figure key={`${x.currency}d`} label={t('figure.overdue', { currency: x.currency })} value={<Money value={x.overdue} />} note={ageing.join(' · ') || '\u00a0'} />,
  ];
}
