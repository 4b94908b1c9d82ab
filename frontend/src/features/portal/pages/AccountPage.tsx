import PdfIcon from '@mui/icons-material/PictureAsPdfOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import { Link as To } from 'react-router';
import type { PortalAccountMove, PortalAccountSum } from '../../../shared/api/gen/portal.gen';
import { formatDay } from '../../../shared/lib/dates';
import { useParam } from '../../../shared/lib/hooks';
import { formatMoney } from '../../../shared/lib/money';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { FilterBar } from '../../../shared/ui/filters';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { Figure, Figures, Money } from '../../../shared/ui/small';
import { EmptyState, Section } from '../../../shared/ui/states';
import { useAccountAsQuery, useAs } from '../api';
import { NotYet } from '../components/NotYet';
import { useT } from '../locales/en';

const ages = ['current', 'd30', 'd60', 'd90', 'more'] as const;
type Kind = 'invoice' | 'deposit' | 'void' | 'payment' | 'credit_note' | 'payment_void' | 'refund' | 'refund_undone' | 'write_off' | 'write_off_undone';

/** What was billed and paid, and what is open by how late it is. */
export function AccountPage() {
  const t = useT();
  const { as, to } = useAs();
  const [from, setFrom] = useParam('from');
  const [until, setUntil] = useParam('to');
  const { data: a, error, refetch } = useAccountAsQuery({ as, from, to: until });
  if (!a) return <NotYet title={t('account.title')} error={error} onRetry={() => void refetch()} />;
  const pdf = new URLSearchParams({ ...(from && { from }), ...(until && { to: until }), ...(as && { preview: as }) });
  return (
    <>
      <PageHeader
        up={{ to: to('/portal/invoices'), label: t('invoices') }} title={t('account.title')} sub={t('account.asOf', { day: formatDay(a.to) })}
        actions={<Button variant="outlined" startIcon={<PdfIcon />} href={`/api/v1/portal/account/pdf?${pdf}`} target="_blank" rel="noopener">{t('pdf')}</Button>}
      />
      <FilterBar
        filters={[
          { key: 'from', kind: 'date', label: t('account.from'), value: from || a.from, onChange: setFrom },
          { key: 'to', kind: 'date', label: t('account.to'), value: until || a.to, onChange: setUntil },
        ]}
      />
      {a.currencies.length === 0 && <EmptyState title={t('account.nothing')} />}
      {a.currencies.map((x) => <OfCurrency key={x.currency} of={x} />)}
    </>
  );
}

function OfCurrency({ of: x }: { of: PortalAccountSum }) {
  const t = useT();
  const { to } = useAs();
  const what = (m: PortalAccountMove) => (
    <>{t(`account.kinds.${m.kind as Kind}`)}{m.number && ' '}{m.invoice_id ? <Link component={To} to={to(`/portal/invoices/${m.invoice_id}`)}>{m.number}</Link> : m.number}</>
  );
  const columns: Column<PortalAccountMove & { key: string }>[] = [
    { key: 'on', header: t('account.on'), width: '130px', cell: (m) => formatDay(m.on) },
    { key: 'what', header: t('account.what'), width: 'minmax(0, 3fr)', cell: what },
    { key: 'amount', header: t('account.amount'), width: '140px', numeric: true, cell: (m) => <Money value={m.amount} /> },
    { key: 'balance', header: t('account.balance'), width: '140px', numeric: true, from: 'md', cell: (m) => <Money value={m.balance} /> },
  ];
  return (
    <Box component="section" aria-label={x.currency} sx={{ mt: 4 }}>
      <Figures>
        <Figure label={`${t('outstanding')}, ${x.currency}`} value={<Money value={x.open} />} note={Number(x.credit.amount) === 0 ? '\u00a0' : `${t('account.credit')}: ${formatMoney(x.credit)}`} />
        {x.ageing.map((m, n) => <Figure key={ages[n]} label={t(`account.ages.${ages[n] ?? 'more'}`)} value={<Money value={m} />} note={'\u00a0'} />)}
      </Figures>
      <Section title={t('account.moves')} pad={false}>
        <Edge label={t('account.opening')} value={x.opening} />
        {x.movements.length > 0 && (
          <DataTable
            label={t('account.moves')} rows={x.movements.map((m, n) => ({ ...m, key: `${n}` }))} columns={columns} getId={(m) => m.key}
            card={(m) => <CardRow title={what(m)} end={<Money value={m.amount} />} sub={formatDay(m.on)} state={formatMoney(m.balance)} />}
            empty={<EmptyState title={t('account.nothing')} />}
          />
        )}
        <Edge label={t('account.closing')} value={x.closing} />
      </Section>
    </Box>
  );
}

function Edge({ label, value }: { label: string; value: PortalAccountSum['opening'] }) {
  return <Box sx={{ display: 'flex', justifyContent: 'space-between', px: 4, py: 2.5, fontWeight: 600 }}><span>{label}</span><Money value={value} /></Box>;
}
