import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import type { Theme } from '@mui/material/styles';
import type { SystemStyleObject } from '@mui/system';
import useMediaQuery from '@mui/material/useMediaQuery';
import { useState } from 'react';
import { formatDay } from '../../../shared/lib/dates';
import { useBillingSeatsQuery } from '../api';
import { useT } from '../locales/en';

type Point = { at: string; active: number; reserved: number };

const height = 160;
const pad = 24;

/** Seats as steps over time: a seat is there or not, nothing lies between. */
export function SeatsChart() {
  const t = useT();
  const { data } = useBillingSeatsQuery({});
  const [table, setTable] = useState(false);
  const [now] = useState(Date.now);
  const points: Point[] = data?.items ?? [];
  if (points.length === 0) return <Box sx={{ minHeight: height }} />;
  return (
    <Box sx={{ minHeight: height + 44 }}>
      {table ? <Table points={points} /> : <Steps points={points} now={now} />}
      <Button size="small" onClick={() => setTable(!table)}>{t(table ? 'overChart' : 'overTable')}</Button>
    </Box>
  );
}

function Steps({ points, now }: { points: Point[]; now: number }) {
  const t = useT();
  // The letters are as large as those of the page on either screen: the drawing is about as wide as it is shown.
  const width = useMediaQuery((th: Theme) => th.breakpoints.up('sm')) ? 900 : 320;
  const first = Date.parse(points[0]?.at ?? '');
  const span = Math.max(1, now - first);
  const top = Math.max(...points.map((p) => p.active + p.reserved), 1);
  const x = (at: number) => pad + ((at - first) / span) * (width - 2 * pad);
  const y = (n: number) => height - pad - (n / top) * (height - 2 * pad);
  const path = (value: (p: Point) => number) =>
    points.map((p, i) => `${i === 0 ? 'M' : 'L'}${x(Date.parse(p.at)).toFixed(1)},${y(value(points[Math.max(0, i - 1)] ?? p)).toFixed(1)} V${y(value(p)).toFixed(1)}`).join(' ') + ` H${x(now).toFixed(1)}`;
  const last = points.at(-1);
  return (
    <>
    <Box component="svg" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${t('over')}: ${last?.active ?? 0}`} sx={{ width: '100%', height: 'auto', display: 'block', color: 'text.secondary' }}>
      {[0, top].map((n) => (
        <g key={n}>
          <line x1={pad} x2={width - pad} y1={y(n)} y2={y(n)} stroke="currentColor" strokeOpacity={0.25} />
          <text x={pad - 6} y={y(n) + 4} fontSize={12} textAnchor="end" fill="currentColor">{n}</text>
        </g>
      ))}
      <Box component="path" d={path((p) => p.active + p.reserved)} sx={{ fill: 'none', stroke: 'currentColor', strokeDasharray: '4 4', strokeWidth: 1.5 }} />
      <Box component="path" d={path((p) => p.active)} sx={{ fill: 'none', stroke: (th) => (th.vars ?? th).palette.primary.main, strokeWidth: 2.5 }} />
      <text x={pad} y={height - 4} fontSize={12} fill="currentColor">{formatDay((points[0]?.at ?? '').slice(0, 10))}</text>
      <text x={width - pad} y={height - 4} fontSize={12} textAnchor="end" fill="currentColor">{t('overUntil')}</text>
    </Box>
    <Box aria-hidden sx={{ display: 'flex', gap: 4, px: 2, pb: 1, typography: 'body2', color: 'text.secondary' }}>
      <Key label={t('active')} sx={{ borderTop: 3, borderColor: 'primary.main' }} />
      <Key label={t('keptSeats')} sx={{ borderTop: '2px dashed' }} />
    </Box>
    </>
  );
}

function Key({ label, sx }: { label: string; sx: SystemStyleObject<Theme> }) {
  return <Box sx={{ display: 'flex', alignItems: 'center', gap: 2 }}><Box sx={[{ width: 20 }, sx]} />{label}</Box>;
}

function Table({ points }: { points: Point[] }) {
  const t = useT();
  return (
    <Box sx={{ overflowX: 'auto', maxHeight: 320 }}>
      <Box component="table" sx={{ width: '100%', borderCollapse: 'collapse', '& th, & td': { textAlign: 'left', p: 2, borderBottom: 1, borderColor: 'divider' } }}>
        <thead><tr><th scope="col">{t('at')}</th><th scope="col">{t('active')}</th><th scope="col">{t('reserved')}</th></tr></thead>
        <tbody>{points.toReversed().map((p, i) => <tr key={`${p.at} ${i}`}><td>{formatDay(p.at.slice(0, 10))}</td><td>{p.active}</td><td>{p.reserved}</td></tr>)}</tbody>
      </Box>
    </Box>
  );
}
