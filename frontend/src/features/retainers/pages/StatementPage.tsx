import PdfIcon from '@mui/icons-material/PictureAsPdfOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import {
  retainersApi, useRetainerPeriodsCloseMutation, useRetainerPeriodsDraftFeeMutation, useRetainerPeriodsGetQuery,
  type RetainerEntry, type RetainerPeriodsEntriesApiArg, type RetainerPeriodsEntriesApiResponse, type RetainerStatement,
} from '../../../shared/api/gen/retainers.gen';
import { infinite, useFeed } from '../../../shared/api/infinite';
import { formatDay, today } from '../../../shared/lib/dates';
import { useCan, useMe } from '../../../shared/lib/me';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { ActionMenu, ConfirmDialog } from '../../../shared/ui/dialogs';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { StatusChip } from '../../../shared/ui/small';
import { EmptyState, ErrorState, Section, SkeletonPage } from '../../../shared/ui/states';
import { Sums, type Sum } from '../../../shared/ui/Sums';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locales/en';
import { added, isNothing, said, signed } from '../model';

const api = retainersApi.injectEndpoints({
  endpoints: (build) => ({
    retainerWork: build.infiniteQuery<RetainerPeriodsEntriesApiResponse, RetainerPeriodsEntriesApiArg, string>({
      ...infinite(''), query: ({ queryArg, pageParam }) => ({ url: `/api/v1/retainer-periods/${encodeURIComponent(queryArg.id)}/entries`, params: { limit: 100, ...(pageParam ? { cursor: pageParam } : {}) } }),
      providesTags: ['retainers'],
    }),
  }),
});

export function StatementPage() {
  const { period = '' } = useParams();
  const { data, error, refetch } = useRetainerPeriodsGetQuery({ id: period });
  if (data) return <Ready statement={data} />;
  return error === undefined ? <SkeletonPage /> : <ErrorState error={error} onRetry={() => void refetch()} />;
}

function Ready({ statement: s }: { statement: RetainerStatement }) {
  const t = useT();
  const p = s.period;
  const sums: Sum[] = [
    { label: t('opening'), value: said(p.opening) },
    { label: t('granted'), value: said(p.granted), sign: '+' },
    { label: t('adjusted'), ...added(p.adjusted) },
    { label: t('used'), value: said(p.used), sign: '−' },
    ...(isNothing(p.overage) ? [] : [{ label: t('over'), value: said(p.overage), sign: '+' as const, note: t(`overages.${s.overage}`) }]),
    { label: t('expired'), value: said(p.expired), sign: '−' },
    { label: t(p.state === 'closed' ? 'closing' : 'closingOpen'), value: said(p.closing), total: true },
  ];
  return (
    <>
      <PageHeader
        up={{ to: `/retainers/${p.retainer_id}`, label: s.name }}
        title={t('statement', { from: formatDay(p.from_on), to: formatDay(p.to_on) })}
        chip={<StatusChip label={t(p.state)} tone={p.state === 'open' ? 'brand' : 'neutral'} />}
        sub={[s.client_name, s.project_name].filter(Boolean).join(' · ')}
        actions={<Actions statement={s} />}
      />
      <Box sx={{ display: 'grid', gap: 4, gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'repeat(2, minmax(0, 1fr))' }, alignItems: 'start' }}>
        <Section><Sums rows={sums} label={s.name} /></Section>
        <Section title={t('given')}><CameIn statement={s} /></Section>
      </Box>
      <Section title={t('entries')} pad={false}><Work id={p.id} /></Section>
    </>
  );
}

function Actions({ statement: { period: p } }: { statement: RetainerStatement }) {
  const t = useT();
  const me = useMe();
  const can = useCan();
  const [closing, setClosing] = useState(false);
  const [papers, setPapers] = useState<HTMLElement | null>(null);
  const [close] = useRetainerPeriodsCloseMutation();
  const [draft] = useRetainerPeriodsDraftFeeMutation();
  const writes = can('retainers.retainers.write');
  const over = p.state === 'open' && p.to_on < today(me?.agency.time_zone);
  const bill = () => void draft({ id: p.id }).unwrap().then(() => toast(t('saved')), toast.failed);
  const paper = (query: string) => () => void window.open(`/api/v1/retainer-periods/${p.id}/pdf${query}`, '_blank', 'noopener');
  return (
    <>
      <Button variant="outlined" startIcon={<PdfIcon />} aria-haspopup="menu" onClick={(e) => setPapers(e.currentTarget)}>{t('pdf')}</Button>
      <ActionMenu open={papers !== null} anchor={papers} onClose={() => setPapers(null)} actions={[{ label: t('pdfClient'), run: paper('') }, { label: t('pdfNames'), run: paper('?names=true') }]} />
      {p.invoice_id && can('invoicing.invoices.read') && <Button variant="outlined" component={Link} to={`/invoices/${p.invoice_id}`}>{t('invoice')}</Button>}
      {!p.invoice_id && p.fee && writes && <Button variant="outlined" onClick={bill}>{t('draftFee')}</Button>}
      {over && writes && <Button variant="contained" onClick={() => setClosing(true)}>{t('close')}</Button>}
      <ConfirmDialog open={closing} title={t('close')} text={t('closeText')} confirmLabel={t('close')} onClose={() => setClosing(false)} onConfirm={async () => {
        await close({ id: p.id }).unwrap();
        toast(t('closedToast'));
      }} />
    </>
  );
}

function CameIn({ statement: s }: { statement: RetainerStatement }) {
  const t = useT();
  const row = (key: string, title: string, sub: string, end: string) => (
    <Box component="li" key={key} sx={{ display: 'flex', justifyContent: 'space-between', gap: 3, py: 2, borderBottom: 1, borderColor: 'divider' }}>
      <Box><Typography>{title}</Typography><Typography variant="body2" className="said" sx={{ color: 'text.secondary' }}>{sub}</Typography></Box>
      <Typography sx={{ whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' }}>{end}</Typography>
    </Box>
  );
  return (
    <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none', '& li:last-of-type': { borderBottom: 0 } }}>
      {s.given.map((g) => row(g.id, t(`kinds.${g.kind}`), [formatDay(g.on), g.until && t('until', { day: formatDay(g.until) }), g.reason].filter(Boolean).join(' · '), signed(g)))}
      {s.expiries.map((e, i) => row(`x${i}`, `${t('expired')}: ${t(`kinds.${e.kind}`)}`, formatDay(e.from), `− ${said(e.figure)}`))}
    </Box>
  );
}

function Work({ id }: { id: string }) {
  const t = useT();
  const list = useFeed(api.useRetainerWorkInfiniteQuery({ id }));
  const what = (e: RetainerEntry) => [e.project, e.task].filter(Boolean).join(' · ');
  const note = (e: RetainerEntry) => (e.late ? <StatusChip label={t('late')} tone="warning" /> : e.note);
  const columns: Column<RetainerEntry>[] = [
    { key: 'day', header: t('day'), width: '124px', cell: (e) => formatDay(e.day) },
    { key: 'member', header: t('member'), width: 'minmax(0, 1.5fr)', cell: (e) => e.member },
    { key: 'what', header: t('works'), width: 'minmax(0, 2fr)', cell: what },
    { key: 'note', header: t('note'), width: 'minmax(0, 2fr)', from: 'md', cell: note },
    { key: 'over', header: t('over'), width: '100px', numeric: true, from: 'md', cell: (e) => (isNothing(e.over) ? '' : said(e.over)) },
    { key: 'amount', header: t('hours'), width: '110px', numeric: true, cell: (e) => said(e.figure) },
  ];
  return (
    <DataTable {...list} label={t('entries')} columns={columns} getId={(e) => `${e.id}${e.late}`} nameOf={what} href={(e) => `/time?tab=entries&entry=${e.id}`}
      card={(e) => <CardRow title={what(e)} end={said(e.figure)} sub={`${formatDay(e.day)} · ${e.member}`} below={note(e)} />} empty={<EmptyState title={t('noEntries')} />} />
  );
}
