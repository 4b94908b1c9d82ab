import PdfIcon from '@mui/icons-material/PictureAsPdfOutlined';
import SendIcon from '@mui/icons-material/SendOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import { useState } from 'react';
import { Link as To, useParams } from 'react-router';
import { formatDay } from '../../../shared/lib/dates';
import { useParam } from '../../../shared/lib/hooks';
import { formatMoney } from '../../../shared/lib/money';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { FilterBar } from '../../../shared/ui/filters';
import { later } from '../../../shared/ui/later';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { Can, Figure, Figures, Money } from '../../../shared/ui/small';
import { EmptyState, ErrorState, Section, SkeletonPage } from '../../../shared/ui/states';
import { useInvoicesStatementQuery, type StatementCurrency, type StatementItem, type StatementMovement } from '../api';
import { useT } from '../locales/en';

const SendStatementDialog = later(async () => (await import('../components/SendStatementDialog')).SendStatementDialog);
const StatementSendings = later(async () => (await import('../components/Sendings')).StatementSendings);
const PaymentManyDialog = later(async () => (await import('../components/PaymentManyDialog')).PaymentManyDialog);

const ages = ['current', 'd30', 'd60', 'd90', 'more'] as const;

/** What a client was billed, paid and owes at the end of a day, currency by currency. */
export function StatementPage() {
  const { clientId = '' } = useParams();
  const t = useT();
  const [from, setFrom] = useParam('from');
  const [to, setTo] = useParam('to');
  const [sending, setSending] = useState(false);
  const [paying, setPaying] = useState<StatementCurrency | null>(null);
  const wanted = { clientId, from: from || undefined, to: to || undefined };
  const { data: s, error, refetch } = useInvoicesStatementQuery(wanted);
  const pdf = new URLSearchParams({ client_id: clientId, ...(from && { from }), ...(to && { to }) });
  if (error && !s) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!s) return <SkeletonPage />;
  const payable = s.currencies.filter((x) => x.items.length > 0);
  return (
    <>
      <PageHeader
        title={t('statement.of', { client: s.client_name })}
        up={{ to: `/clients/${clientId}`, label: s.client_name }}
        sub={t('statement.asOf', { day: formatDay(s.to) })}
        actions={
          <>
            <Can permission="invoicing.settings.read"><Button component={To} to={`/reminders/${clientId}`}>{t('remind.open')}</Button></Can>
            <Button variant="outlined" startIcon={<PdfIcon />} href={`/api/v1/invoices/statement/pdf?${pdf}`} target="_blank" rel="noopener">{t('pdf')}</Button>
            <Can permission="invoicing.invoices.issue"><Button variant="outlined" startIcon={<SendIcon />} onClick={() => setSending(true)}>{t('send.do')}</Button></Can>
            <Can permission="invoicing.payments.write">
              {payable.map((x) => <Button key={x.currency} variant="contained" onClick={() => setPaying(x)}>{payable.length > 1 ? `${t('statement.record')} (${x.currency})` : t('statement.record')}</Button>)}
            </Can>
          </>
        }
      />
      <FilterBar
        filters={[
          { key: 'from', kind: 'date', label: t('statement.from'), value: from || s.from, onChange: setFrom },
          { key: 'to', kind: 'date', label: t('statement.to'), value: to || s.to, onChange: setTo },
        ]}
      />
      {s.currencies.length === 0 && <EmptyState title={t('statement.nothing')} />}
      {s.currencies.map((x) => <OfCurrency key={x.currency} of={x} />)}
      <Box sx={{ mt: 4 }}><StatementSendings clientId={clientId} /></Box>
      {sending && <SendStatementDialog clientId={clientId} client={s.client_name} from={s.from} to={s.to} onClose={() => setSending(false)} />}
      {paying && <PaymentManyDialog clientId={clientId} of={paying} onClose={() => setPaying(null)} />}
    </>
  );
}

function OfCurrency({ of: x }: { of: StatementCurrency }) {
  const t = useT();
  const items: Column<StatementItem>[] = [
    { key: 'number', header: t('col.number'), width: 'minmax(0, 2fr)', cell: (i) => i.number },
    { key: 'issued', header: t('col.issued'), width: '130px', from: 'md', cell: (i) => formatDay(i.issue_on) },
    { key: 'due', header: t('col.due'), width: '130px', cell: (i) => formatDay(i.due_on) },
    { key: 'late', header: t('col.state'), width: '150px', cell: (i) => (i.days_late > 0 ? t('statement.late', { count: i.days_late }) : t('ageing.current')) },
    { key: 'total', header: t('col.total'), width: '140px', numeric: true, from: 'md', cell: (i) => <Money value={i.total} /> },
    { key: 'open', header: t('statement.open'), width: '140px', numeric: true, cell: (i) => <Money value={i.open} /> },
  ];
  const moves: Column<StatementMovement>[] = [
    { key: 'on', header: t('statement.on'), width: '130px', cell: (m) => formatDay(m.on) },
    { key: 'what', header: t('statement.what'), width: 'minmax(0, 3fr)', cell: (m) => <What of={m} /> },
    { key: 'amount', header: t('statement.amount'), width: '150px', numeric: true, cell: (m) => <Money value={m.amount} /> },
    { key: 'balance', header: t('statement.balance'), width: '150px', numeric: true, from: 'md', cell: (m) => <Money value={m.balance} /> },
  ];
  const rows = x.movements.map((m, n) => ({ ...m, key: `${n}` }));
  return (
    <Box component="section" aria-label={x.currency} sx={{ mt: 4 }}>
      <Figures>
        <Figure label={`${t('statement.open')}, ${x.currency}`} value={<Money value={x.open} />} note={Number(x.credit.amount) === 0 ? '\u00a0' : `${t('statement.credit')}: ${formatMoney(x.credit)}`} />
        {x.ageing.map((m, n) => <Figure key={ages[n]} label={t(`ageing.${ages[n] ?? 'more'}`)} value={<Money value={m} />} note={'\u00a0'} />)}
      </Figures>
      {x.items.length > 0 && (
        <Section title={t('statement.items')} pad={false}>
          <DataTable
            label={t('statement.items')} rows={x.items} columns={items} getId={(i) => i.invoice_id} href={(i) => `/invoices/${i.invoice_id}`}
            card={(i) => <CardRow title={i.number} end={<Money value={i.open} />} sub={`${t('statement.due', { day: formatDay(i.due_on) })}${i.days_late > 0 ? ` · ${t('statement.late', { count: i.days_late })}` : ''}`} />}
            empty={<EmptyState title={t('statement.nothing')} />}
          />
        </Section>
      )}
      <Section title={t('statement.moves')} pad={false}>
        <Edge label={t('statement.opening')} value={x.opening} />
        {rows.length > 0 && (
          <DataTable
            label={t('statement.moves')} rows={rows} columns={moves} getId={(m) => m.key}
            card={(m) => <CardRow wrap title={<What of={m} />} end={<Money value={m.amount} />} sub={formatDay(m.on)} state={formatMoney(m.balance)} />}
            empty={<EmptyState title={t('statement.nothing')} />}
          />
        )}
        <Edge label={t('statement.closing')} value={x.closing} />
      </Section>
    </Box>
  );
}

function What({ of: m }: { of: StatementMovement }) {
  const t = useT();
  const name = t(`statement.kinds.${m.kind}`);
  return <>{name}{m.number && ' '}{m.invoice_id ? <Link component={To} to={`/invoices/${m.invoice_id}`}>{m.number}</Link> : m.number}</>;
}

function Edge({ label, value }: { label: string; value: StatementCurrency['opening'] }) {
  return <Box sx={{ display: 'flex', justifyContent: 'space-between', px: 4, py: 2.5, fontWeight: 600 }}><span>{label}</span><Money value={value} /></Box>;
}
