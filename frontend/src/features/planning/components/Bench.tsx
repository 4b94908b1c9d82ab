import Box from '@mui/material/Box';
import MuiLink from '@mui/material/Link';
import { Link } from 'react-router';
import type { BenchPerson, BenchWeek } from '../../../shared/api/gen/planning.gen';
import { useFeed } from '../../../shared/api/infinite';
import { formatPeriodShort, formatRange, type Day } from '../../../shared/lib/dates';
import { formatDuration } from '../../../shared/lib/duration';
import { usePhone } from '../../../shared/lib/hooks';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { EmptyState } from '../../../shared/ui/states';
import { useBenchFeedInfiniteQuery } from '../api';
import { useT } from '../locales/en';

/** Who could still be booked, those with most time first. A week leads to the plan of the person. */
export function Bench({ from, weeks, since, label }: { from: Day; weeks: number; since: Day; label: string }) {
  const t = useT();
  const phone = usePhone();
  const list = useFeed(useBenchFeedInfiniteQuery({ from, weeks, since }));
  const free = (w: BenchWeek) => formatDuration(w.free_seconds);
  const said = (w: BenchWeek) => [t('bench.of', { free: free(w), available: formatDuration(w.available_seconds) }), w.held_seconds > 0 && t('bench.held', { hours: formatDuration(w.held_seconds) })].filter(Boolean).join(', ');
  const cell = (p: BenchPerson, w: BenchWeek) => (
    <MuiLink
      component={Link} to={`/plan?${new URLSearchParams({ week: w.from, person: p.member_id })}`} underline="hover" aria-label={t('bench.cell', { name: p.name, range: formatRange(w.from, w.to), what: said(w) })} title={said(w)}
      sx={{ color: w.free_seconds > 0 ? 'text.primary' : 'text.secondary', fontWeight: w.free_seconds > 0 ? 620 : 400, fontVariantNumeric: 'tabular-nums', lineHeight: '24px' }}
    >
      {free(w)}{w.held_seconds > 0 && <Box component="span" sx={{ color: 'warning.main' }}> +{formatDuration(w.held_seconds)}?</Box>}
    </MuiLink>
  );
  const columns: Column<BenchPerson>[] = [
    { key: 'person', header: t('person'), width: 'minmax(0, 2fr)', cell: (p) => p.name },
    ...Array.from({ length: weeks }, (_, n): Column<BenchPerson> => ({
      key: `week-${n}`, header: weekOf(list.rows, n), numeric: true, cell: (p) => { const w = p.weeks[n]; return w && cell(p, w); },
    })),
    { key: 'sum', header: t('bench.sum'), width: '110px', numeric: true, from: 'md', cell: (p) => free(p.sum) },
  ];
  return (
    <DataTable
      {...list} label={label} columns={columns} getId={(p) => p.member_id} nameOf={(p) => p.name}
      card={(p) => <CardRow title={p.name} end={phone ? free(p.sum) : undefined} below={<Box sx={{ display: 'grid', gap: 1 }}>{p.weeks.map((w) => <Box key={w.from} sx={{ display: 'flex', justifyContent: 'space-between', alignItems: 'baseline' }}><span>{formatPeriodShort(w.from, w.to)}</span>{cell(p, w)}</Box>)}</Box>} />}
      empty={<EmptyState title={t('empty')} />}
    />
  );
}

const weekOf = (rows: BenchPerson[] | undefined, n: number) => {
  const w = rows?.[0]?.weeks[n];
  return w ? formatPeriodShort(w.from, w.to) : '';
};
