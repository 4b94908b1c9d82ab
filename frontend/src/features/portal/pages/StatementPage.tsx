import PdfIcon from '@mui/icons-material/PictureAsPdfOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useParams } from 'react-router';
import type { PortalGiven, PortalWork } from '../../../shared/api/gen/portal.gen';
import { useFeed } from '../../../shared/api/infinite';
import { formatDay } from '../../../shared/lib/dates';
import { asAdded, formatFigure, signedFigure, sizeOf, type FigureValue } from '../../../shared/lib/figures';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { EmptyState, Section } from '../../../shared/ui/states';
import { Sums, type Sum } from '../../../shared/ui/Sums';
import { useAs, useStatementAsInfiniteQuery } from '../api';
import { NotYet } from '../components/NotYet';
import { useT } from '../locales/en';

const said = (f: unknown) => formatFigure(f as FigureValue);

/** The account of a period, which adds up, and the approved work behind it. */
export function StatementPage() {
  const t = useT();
  const { period = '' } = useParams();
  const { as, to, statementPdf } = useAs();
  const q = useStatementAsInfiniteQuery({ as, id: period });
  const feed = useFeed<PortalWork>(q);
  const s = q.data?.pages[0];
  if (!s) return <NotYet title={t('retainers')} error={q.error} onRetry={() => void q.refetch()} />;
  const p = s.period;
  const sums: Sum[] = [
    { label: t('retainer.opening'), value: said(p.opening) },
    { label: t('retainer.granted'), value: said(p.granted), sign: '+' },
    { label: t('retainer.adjusted'), ...asAdded(p.adjusted as FigureValue) },
    { label: t('retainer.usedHead'), value: said(p.used), sign: '−' },
    ...(sizeOf(p.overage as FigureValue) === 0 ? [] : [{ label: t('retainer.over'), value: said(p.overage), sign: '+' as const }]),
    { label: t('retainer.expired'), value: said(p.expired), sign: '−' },
    { label: t(p.state === 'closed' ? 'retainer.closing' : 'retainer.closingOpen'), value: said(p.closing), total: true },
  ];
  const what = (w: PortalWork) => [w.project, w.task].filter(Boolean).join(' · ');
  const columns: Column<PortalWork>[] = [
    { key: 'day', header: t('retainer.day'), width: '124px', cell: (w) => formatDay(w.day) },
    { key: 'what', header: t('description'), width: 'minmax(0, 3fr)', cell: what },
    { key: 'amount', header: t('quantity'), width: '120px', numeric: true, cell: (w) => said(w.figure) },
  ];
  return (
    <>
      <PageHeader
        up={{ to: to(`/portal/retainers/${s.retainer_id}`), label: s.name }} title={`${formatDay(p.from_on)} – ${formatDay(p.to_on)}`}
        actions={<Button variant="outlined" startIcon={<PdfIcon />} href={statementPdf(p.id)} target="_blank" rel="noopener">{t('pdf')}</Button>}
      />
      <Box sx={{ display: 'grid', columnGap: 4, gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'repeat(2, minmax(0, 1fr))' }, alignItems: 'start' }}>
        <Section><Sums rows={sums} label={s.name} /></Section>
        {s.given.length > 0 && <Section title={t('retainer.given')}><CameIn given={s.given} /></Section>}
      </Box>
      <Section title={t('retainer.work')} pad={false}>
        <DataTable {...feed} label={t('retainer.work')} columns={columns} getId={(w) => `${w.day}${what(w)}${said(w.figure)}${w.late}`} nameOf={what}
          card={(w) => <CardRow title={what(w)} end={said(w.figure)} sub={formatDay(w.day)} />} empty={<EmptyState title={t('retainer.noWork')} />} />
      </Section>
    </>
  );
}

/** What came in, and what of it went back. */
function CameIn({ given }: { given: PortalGiven[] }) {
  const t = useT();
  return (
    <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none', '& li:last-of-type': { borderBottom: 0 } }}>
      {given.map((g, i) => (
        <Box component="li" key={i} sx={{ display: 'flex', justifyContent: 'space-between', gap: 3, py: 2, borderBottom: 1, borderColor: 'divider' }}>
          <Box>
            <Typography>{t(`retainer.kinds.${g.kind}`)}</Typography>
            <Typography variant="body2" sx={{ color: 'text.secondary' }}>{[formatDay(g.on), g.until && t('retainer.until', { day: formatDay(g.until) })].filter(Boolean).join(' · ')}</Typography>
          </Box>
          <Typography sx={{ whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' }}>{signedFigure(g.figure as FigureValue, g.kind === 'returned')}</Typography>
        </Box>
      ))}
    </Box>
  );
}
