import Box from '@mui/material/Box';

type Bar = { label: string; value: number };

const width = 720;
const height = 180;

/** Columns by month. The table beside it says the same to those who do not see them. */
export function Bars({ title, bars }: { title: string; bars: Bar[] }) {
  const most = Math.max(1, ...bars.map((b) => b.value));
  const step = width / bars.length;
  return (
    <Box component="svg" role="img" aria-label={title} viewBox={`0 0 ${width} ${height + 40}`} sx={{ width: '100%', display: 'block', fontSize: 12 }}>
      {bars.map((b, i) => {
        const h = (b.value / most) * height;
        return (
          <g key={b.label}>
            <Box component="rect" x={i * step + step * 0.15} y={height - h + 18} width={step * 0.7} height={h} rx={2} sx={{ fill: 'var(--mui-palette-primary-main)' }} />
            <Box component="text" x={(i + 0.5) * step} y={height - h + 12} textAnchor="middle" sx={{ fill: 'var(--mui-palette-text-primary)' }}>{b.value}</Box>
            <Box component="text" x={(i + 0.5) * step} y={height + 34} textAnchor="middle" sx={{ fill: 'var(--mui-palette-text-secondary)' }}>{b.label.slice(5)}</Box>
          </g>
        );
      })}
      <line x1={0} x2={width} y1={height + 18} y2={height + 18} stroke="currentColor" strokeOpacity={0.3} />
    </Box>
  );
}
