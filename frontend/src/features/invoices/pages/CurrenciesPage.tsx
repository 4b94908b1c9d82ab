import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useState } from 'react';
import { useFeed } from '../../../shared/api/infinite';
import { formatDay } from '../../../shared/lib/dates';
import { useParam } from '../../../shared/lib/hooks';
import { useCan, useMe } from '../../../shared/lib/me';
import { formatMoney } from '../../../shared/lib/money';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { ConfirmDialog } from '../../../shared/ui/dialogs';
import { FilterBar } from '../../../shared/ui/filters';
import { later } from '../../../shared/ui/later';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { Figure, Figures, Money } from '../../../shared/ui/small';
import { EmptyState, ErrorState, Held, Section, SkeletonPage } from '../../../shared/ui/states';
import { Sums } from '../../../shared/ui/Sums';
import { toast } from '../../../shared/ui/Toast';
import {
  useCurrencyReportQuery, useExchangeRatesDeleteMutation, useExchangeRatesFeedInfiniteQuery, useRevaluationsDeleteMutation, useRevaluationsFeedInfiniteQuery,
  type CurrencyBook, type CurrencyForeign, type ExchangeRateView, type RevaluationView,
} from '../api';
import { useT } from '../locales/en';
import { quote } from '../model';

const RateDialog = later(async () => (await import('../components/RateDialog')).RateDialog);
const RevalueDialog = later(async () => (await import('../components/RevalueDialog')).RevalueDialog);

/** What a period came to in the currency of the books, the rates, and what open balances were worth. */
export function CurrenciesPage() {
  const t = useT();
  const [from, setFrom] = useParam('from');
  const [to, setTo] = useParam('to');
  const writes = useCan()('invoicing.settings.write');
  const { data: r, error, refetch } = useCurrencyReportQuery({ from: from || undefined, to: to || undefined });
  if (error && !r) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!r) return <SkeletonPage />;
  return (
    <>
      <PageHeader title={t('currencies.title')} sub={t('currencies.sub')} up={{ to: '/invoices', label: t('title') }} />
      <FilterBar
        filters={[
          { key: 'from', kind: 'date', label: t('currencies.from'), value: from || r.from, onChange: setFrom },
          { key: 'to', kind: 'date', label: t('currencies.to'), value: to || r.to, onChange: setTo },
        ]}
      />
      {r.unrated > 0 && <Alert severity="info" sx={{ mb: 4 }}>{t('currencies.unrated', { count: r.unrated })}</Alert>}
      {r.books.length === 0 && <EmptyState title={t('currencies.nothing')} />}
      {r.books.map((b) => <Book key={b.base} of={b} />)}
      <Box sx={{ mt: 6 }}><Rates writes={writes} /></Box>
    </>
  );
}

function Book({ of: b }: { of: CurrencyBook }) {
  const t = useT();
  const columns: Column<CurrencyForeign>[] = [
    { key: 'currency', header: t('currencies.currency'), width: 'minmax(0, 1fr)', cell: (f) => f.currency },
    { key: 'count', header: t('currencies.documents'), width: '110px', numeric: true, from: 'md', cell: (f) => f.count },
    { key: 'own', header: t('currencies.own'), width: '160px', numeric: true, cell: (f) => <Money value={f.total} /> },
    { key: 'base', header: t('currencies.base'), width: '160px', numeric: true, cell: (f) => <Money value={f.base_total} /> },
    { key: 'realised', header: t('currencies.realisedOn'), width: '140px', numeric: true, cell: (f) => <Money value={f.realised} /> },
  ];
  return (
    <Box component="section" aria-label={t('currencies.inBooks', { base: b.base })} sx={{ mt: 4 }}>
      <Figures>
        <Figure label={`${t('currencies.billed')}, ${b.base}`} value={<Money value={b.net} />} />
        <Figure label={t('currencies.tax')} value={<Money value={b.tax} />} />
        <Figure label={t('currencies.total')} value={<Money value={b.total} />} />
      </Figures>
      <Section title={t('currencies.gains')}>
        <Sums
          label={t('currencies.gains')}
          rows={[
            { label: t('currencies.realised'), value: formatMoney(b.realised) }, { label: t('currencies.revalued'), value: formatMoney(b.revalued) },
            { label: t('currencies.back'), value: formatMoney(b.taken_back) }, { label: t('currencies.sum'), value: formatMoney(b.gains), total: true },
          ]}
        />
      </Section>
      {b.foreign.length > 0 && (
        <Section title={t('currencies.foreign')} pad={false}>
          <DataTable
            label={t('currencies.foreign')} rows={b.foreign} columns={columns} getId={(f) => f.currency}
            card={(f) => <CardRow title={f.currency} end={<Money value={f.total} />} sub={`${t('currencies.realisedOn')}: ${formatMoney(f.realised)}`} state={formatMoney(f.base_total)} />}
            empty={<EmptyState title={t('currencies.nothing')} />}
          />
        </Section>
      )}
    </Box>
  );
}

function Rates({ writes }: { writes: boolean }) {
  const t = useT();
  const base = useMe()?.agency.currency ?? 'EUR';
  const list = useFeed<ExchangeRateView>(useExchangeRatesFeedInfiniteQuery({}));
  const [remove] = useExchangeRatesDeleteMutation();
  const [adding, setAdding] = useState(false);
  const [dropping, setDropping] = useState<ExchangeRateView | null>(null);
  const source = (r: ExchangeRateView) => (r.source === 'by_hand' ? t('currencies.byHand') : r.source);
  const add = writes && <Button variant="outlined" onClick={() => setAdding(true)}>{t('currencies.add')}</Button>;
  const columns: Column<ExchangeRateView>[] = [
    { key: 'on', header: t('currencies.day'), width: '140px', cell: (r) => formatDay(r.on) },
    { key: 'rate', header: t('currencies.rate'), width: 'minmax(0, 2fr)', cell: (r) => quote(r, r.currency) },
    { key: 'source', header: t('currencies.source'), width: 'minmax(0, 1fr)', cell: source },
  ];
  return (
    <>
      <Section title={t('currencies.rates')} action={add} pad={false}>
        <DataTable
          {...list} label={t('currencies.rates')} columns={columns} getId={(r) => r.id} nameOf={(r) => `${r.currency} ${formatDay(r.on)}`}
          actions={writes ? (r) => <Button size="small" onClick={() => setDropping(r)}>{t('currencies.drop')}</Button> : undefined}
          card={(r) => <CardRow title={quote(r, r.currency)} sub={source(r)} end={formatDay(r.on)} />}
          empty={<EmptyState title={t('currencies.noRates')} text={t('currencies.noRatesText')} action={add} />}
        />
      </Section>
      <Held until={list.rows !== undefined}><Box sx={{ mt: 6 }}><Revaluations writes={writes} /></Box></Held>
      {adding && <RateDialog base={base} onClose={() => setAdding(false)} />}
      <ConfirmDialog
        open={dropping !== null} danger title={t('currencies.dropTitle', { currency: dropping?.currency ?? '', day: dropping ? formatDay(dropping.on) : '' })} text={t('currencies.dropText')} confirmLabel={t('currencies.drop')}
        onClose={() => setDropping(null)}
        onConfirm={async () => {
          if (!dropping) return;
          await remove({ id: dropping.id }).unwrap();
          toast(t('currencies.dropped'));
        }}
      />
    </>
  );
}

function Revaluations({ writes }: { writes: boolean }) {
  const t = useT();
  const list = useFeed<RevaluationView>(useRevaluationsFeedInfiniteQuery({}));
  const [remove] = useRevaluationsDeleteMutation();
  const [adding, setAdding] = useState(false);
  const [undoing, setUndoing] = useState<RevaluationView | null>(null);
  const gains = (r: RevaluationView) => r.gains.map((m) => formatMoney(m)).join(' · ');
  const add = writes && <Button variant="outlined" onClick={() => setAdding(true)}>{t('currencies.revalue')}</Button>;
  const columns: Column<RevaluationView>[] = [
    { key: 'closing', header: t('currencies.closing'), width: '190px', cell: (r) => formatDay(r.closing_on) },
    { key: 'reversed', header: t('col.state'), width: 'minmax(0, 2fr)', cell: (r) => t('currencies.reversed', { day: formatDay(r.reversed_on) }) },
    { key: 'gains', header: t('currencies.gains'), width: '190px', numeric: true, cell: gains },
  ];
  return (
    <>
      <Section title={t('currencies.revaluations')} action={add} pad={false}>
        <DataTable
          {...list} label={t('currencies.revaluations')} columns={columns} getId={(r) => r.id} nameOf={(r) => formatDay(r.closing_on)}
          actions={writes ? (r) => <Button size="small" onClick={() => setUndoing(r)}>{t('currencies.undo')}</Button> : undefined}
          card={(r) => <CardRow title={formatDay(r.closing_on)} sub={t('currencies.reversed', { day: formatDay(r.reversed_on) })} end={gains(r)} />}
          empty={<EmptyState title={t('currencies.noRevaluations')} text={t('currencies.noRevaluationsText')} action={add} />}
        />
      </Section>
      {adding && <RevalueDialog onClose={() => setAdding(false)} />}
      <ConfirmDialog
        open={undoing !== null} danger title={t('currencies.undoTitle', { day: undoing ? formatDay(undoing.closing_on) : '' })} text={t('currencies.undoText')} confirmLabel={t('currencies.undo')}
        onClose={() => setUndoing(null)}
        onConfirm={async () => {
          if (!undoing) return;
          await remove({ id: undoing.id }).unwrap();
          toast(t('currencies.undone'));
        }}
      />
    </>
  );
}
