import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import MuiLink from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { Link } from 'react-router';
import { useFeed } from '../../../shared/api/infinite';
import { formatDay } from '../../../shared/lib/dates';
import { useParam } from '../../../shared/lib/hooks';
import { useCan } from '../../../shared/lib/me';
import { formatMoney } from '../../../shared/lib/money';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { FilterBar } from '../../../shared/ui/filters';
import { later } from '../../../shared/ui/later';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { Money, StatusChip } from '../../../shared/ui/small';
import { EmptyState, NoResults, Section } from '../../../shared/ui/states';
import { useOverdueFeedInfiniteQuery, type LateFeeOutcome, type OverdueInvoice } from '../api';
import { useT } from '../locales/en';
import { feesOf, sumsOf } from '../latefees';

const ChargeDialog = later(async () => (await import('../components/ChargeDialog')).ChargeDialog);

/** What is overdue, with what late payment of each costs today; some or all are charged at once. */
export function LateFeesPage() {
  const t = useT();
  const can = useCan();
  const [q, setQ] = useParam('q');
  const list = useFeed(useOverdueFeedInfiniteQuery({ q: q || undefined }));
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const [charging, setCharging] = useState<OverdueInvoice[]>();
  const [became, setBecame] = useState<{ of: OverdueInvoice; one: LateFeeOutcome }[]>([]);
  const picked = feesOf(list.rows ?? [], ids);
  const why = (i: OverdueInvoice) => <Why invoice={i} />;
  const columns: Column<OverdueInvoice>[] = [
    { key: 'number', header: t('col.number'), width: '150px', cell: (i) => i.number },
    { key: 'client', header: t('col.client'), width: 'minmax(0, 2fr)', cell: (i) => i.client_name },
    { key: 'late', header: t('late.many.late'), width: '150px', cell: (i) => <>{t('late.many.days', { count: i.days_late })}<Typography variant="body2" sx={{ color: 'text.secondary' }}>{formatDay(i.due_on)}</Typography></> },
    { key: 'open', header: t('col.balance'), width: '130px', numeric: true, from: 'md', cell: (i) => <Money value={i.open} /> },
    { key: 'why', header: t('late.many.why'), width: 'minmax(0, 2fr)', cell: why },
    { key: 'fee', header: t('late.many.fee'), width: '130px', numeric: true, cell: (i) => (i.why ? '–' : <Money value={i.fee} />) },
  ];
  const charge = can('invoicing.invoices.write') && (
    <Button variant="contained" disabled={picked.length === 0} onClick={() => setCharging(picked)}>{picked.length === 0 ? t('late.many.choose') : t('late.many.charge', { count: picked.length, sum: sumsOf(picked).map((m) => formatMoney(m)).join(' + ') })}</Button>
  );
  return (
    <>
      <PageHeader up={{ to: '/invoices', label: t('title') }} title={t('late.title')} sub={t('late.many.sub')} actions={<>{can('invoicing.settings.read') && <Button component={Link} to="/settings/reminders">{t('late.many.policy')}</Button>}{charge}</>} />
      {became.length > 0 && <Became all={became} onClose={() => setBecame([])} />}
      <FilterBar search={{ value: q, onChange: setQ, label: t('late.many.search') }} />
      <DataTable
        {...list}
        label={t('late.title')}
        columns={columns}
        getId={(i) => i.id}
        nameOf={(i) => i.number}
        href={(i) => `/invoices/${i.id}`}
        {...(charge && { selection: { ids, onChange: setIds } })}
        card={(i) => <CardRow title={i.client_name} end={i.why ? '–' : <Money value={i.fee} />} sub={`${i.number} · ${t('late.many.days', { count: i.days_late })} · ${formatMoney(i.open)}`} below={why(i)} />}
        empty={q ? <NoResults onClear={() => setQ('')} /> : <EmptyState title={t('late.many.empty')} text={t('late.many.emptyText')} />}
      />
      {charging && <ChargeDialog invoices={charging} onClose={() => setCharging(undefined)} onDone={(all) => { setBecame(all); setIds(new Set()); setCharging(undefined); }} />}
    </>
  );
}

/** What the fee is for, or why there is none. */
function Why({ invoice: i }: { invoice: OverdueInvoice }) {
  const t = useT();
  if (i.why === 'paused') return <StatusChip label={t('remind.paused', { reason: i.pause_reason })} tone="warning" />;
  const days = i.due.flatMap((d) => d.parts).reduce((n, p) => n + p.days, 0);
  const letters = i.due.filter((d) => d.kind === 'step').length;
  const said = [
    i.why && t(`late.why.${i.why}`),
    days > 0 && t(i.per === 'month' ? 'late.many.perMonth' : 'late.many.perYear', { percent: i.percent, count: days }),
    letters > 0 && t('late.many.letters', { count: letters }),
    i.capped && !i.why && t('late.many.capped', { most: formatMoney({ amount: i.most, currency: i.fee.currency }) }),
    Number(i.charged.amount) !== 0 && t('late.many.before', { sum: formatMoney(i.charged) }),
  ].filter(Boolean);
  return <Typography component="span" variant="body2" sx={{ color: i.why ? 'text.secondary' : 'text.primary' }}>{said.join(' · ')}</Typography>;
}

/** What became of each invoice. */
function Became({ all, onClose }: { all: { of: OverdueInvoice; one: LateFeeOutcome }[]; onClose: () => void }) {
  const t = useT();
  const failed = all.filter((x) => x.one.problem).length;
  return (
    <Section title={t('late.many.result', { count: all.length - failed })} action={<Button size="small" onClick={onClose}>{t('late.many.hide')}</Button>}>
      <Box role="status">
        <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 2, maxHeight: 320, overflow: 'auto' }}>
          {all.map(({ of, one }) => (
            <Box component="li" key={of.id} sx={{ overflowWrap: 'anywhere' }}>
              {one.problem ? <Alert severity="warning">{of.number}, {of.client_name}: {one.problem.detail}</Alert> : (
                <>{of.number}, {of.client_name}: <MuiLink component={Link} to={`/invoices/${one.document_id}`}>{one.number || t('late.draft')}</MuiLink> · {one.total && formatMoney(one.total)}</>
              )}
            </Box>
          ))}
        </Box>
      </Box>
    </Section>
  );
}
