import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useState } from 'react';
import { useFeed } from '../../../shared/api/infinite';
import { formatDuration } from '../../../shared/lib/duration';
import { useDebounced, useParam, useTab } from '../../../shared/lib/hooks';
import { formatMoney } from '../../../shared/lib/money';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { FilterBar } from '../../../shared/ui/filters';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { Duration, Figure, Figures, Money } from '../../../shared/ui/small';
import { EmptyState, NoResults } from '../../../shared/ui/states';
import { TabBar } from '../../../shared/ui/TabBar';
import { useInvoiceClientsQuery, useRealisationFeedInfiniteQuery, useRealisationReportQuery, type RealisationRow } from '../api';
import { useT } from '../locales/en';

const bys = ['client', 'project', 'person', 'invoice', 'reason'] as const;

/** What was billed of time, against what it was worth at its rates. */
export function RealisationPage() {
  const t = useT();
  const [by, setBy] = useTab(bys, 'by');
  const [client, setClient] = useParam('client');
  const [from, setFrom] = useParam('from');
  const [to, setTo] = useParam('to');
  const [find, setFind] = useState('');
  const clients = useInvoiceClientsQuery(useDebounced(find));
  const narrow = { by, clientId: client || undefined, from: from || undefined, to: to || undefined };
  const list = useFeed<RealisationRow>(useRealisationFeedInfiniteQuery(narrow));
  const totals = useRealisationReportQuery({ ...narrow, limit: 1 });
  const filtered = Boolean(client || from || to);
  const query = new URLSearchParams({ by, ...(client && { client_id: client }), ...(from && { from }), ...(to && { to }) }).toString();
  const percent = (r: RealisationRow) => (r.percent ? `${r.percent} %` : t('realised.none'));
  const name = (r: RealisationRow) => r.name || t(by === 'reason' ? 'realised.unwritten' : 'realised.unknown');
  const columns: Column<RealisationRow>[] = [
    { key: 'name', header: t(`realised.by.${by}`), width: 'minmax(0, 2fr)', cell: name },
    { key: 'hours', header: t('realised.hours'), width: '90px', numeric: true, from: 'md', cell: (r) => <Duration seconds={r.raw_seconds} /> },
    { key: 'standard', header: t('realised.standard'), width: '120px', numeric: true, cell: (r) => <Money value={r.standard} /> },
    { key: 'rounding', header: t('realised.rounding'), width: '105px', numeric: true, from: 'lg', cell: (r) => <Money value={r.rounding} /> },
    { key: 'written', header: t('realised.written'), width: '110px', numeric: true, from: 'md', cell: (r) => <Money value={r.written} /> },
    { key: 'discounts', header: t('realised.discounts'), width: '110px', numeric: true, from: 'lg', cell: (r) => <Money value={r.discounts} /> },
    { key: 'credited', header: t('realised.credited'), width: '110px', numeric: true, from: 'lg', cell: (r) => <Money value={r.credited} /> },
    { key: 'billed', header: t('realised.billed'), width: '120px', numeric: true, cell: (r) => <Money value={r.billed} /> },
    { key: 'percent', header: t('realised.percent'), width: '110px', numeric: true, cell: percent },
  ];
  return (
    <>
      <PageHeader title={t('realised.title')} sub={t('realised.sub')} up={{ to: '/invoices', label: t('title') }} actions={<Button component="a" variant="outlined" href={`/api/v1/realisation/export.csv?${query}`} download={`realisation-${by}.csv`}>{t('realised.csv')}</Button>} />
      <Box sx={{ minHeight: { xs: 118, sm: 112 } }}>
        {totals.data && (
          <Figures>
            {totals.data.totals.length === 0 && <Figure label={t('realised.percent')} value="–" note={'\u00a0'} />}
            {totals.data.totals.map((r) => <Figure key={r.standard.currency} label={`${t('realised.percent')}, ${r.standard.currency}`} value={percent(r)} note={t('realised.of', { billed: formatMoney(r.billed), standard: formatMoney(r.standard) })} />)}
          </Figures>
        )}
      </Box>
      <TabBar label={t('realised.byLabel')} value={by} onChange={setBy} tabs={bys.map((x) => ({ value: x, label: t(`realised.by.${x}`) }))} />
      <FilterBar
        filters={[
          { key: 'client', label: t('filter.client'), value: client, onChange: setClient, options: clients.data?.items.map((c) => ({ value: c.id, label: c.name })) ?? [], onSearch: setFind },
          { key: 'from', kind: 'date', label: t('filter.from'), value: from, onChange: setFrom },
          { key: 'to', kind: 'date', label: t('filter.to'), value: to, onChange: setTo },
        ]}
      />
      <DataTable
        {...list}
        label={t('realised.title')}
        columns={columns}
        getId={(r) => `${r.key} ${r.standard.currency}`}
        {...(by === 'invoice' && { href: (r: RealisationRow) => `/invoices/${r.key}` })}
        nameOf={name}
        card={(r) => <CardRow title={name(r)} end={percent(r)} sub={[formatDuration(r.raw_seconds), formatMoney(r.standard)].join(' · ')} state={formatMoney(r.billed)} />}
        empty={filtered ? <NoResults onClear={() => { setClient(''); setFrom(''); setTo(''); }} /> : <EmptyState title={t('realised.empty')} text={t('realised.emptyText')} />}
      />
    </>
  );
}
