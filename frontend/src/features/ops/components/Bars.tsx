import Box from '@mui/material/Box';

type Bar = { label: string; value: number };

const tallest = 160;

/** Columns by month. The table beside it says the same to those who do not see them. */
export function Bars({ title, bars }: { title: string; bars: Bar[] }) {
  const most = Math.max(1, ...bars.map((b) => b.value));
  return (
    <Box role="img" aria-label={title} sx={{ display: 'grid', gridTemplateColumns: `repeat(${bars.length}, minmax(0, 1fr))`, columnGap: { xs: 1, md: 3 }, fontSize: 12, textAlign: 'center', fontVariantNumeric: 'tabular-nums' }}>
      {bars.map((b) => (
        <Box key={b.label} sx={{ display: 'flex', flexDirection: 'column', justifyContent: 'flex-end', minHeight: tallest + 44 }}>
          <span>{b.value}</span>
          <Box sx={{ height: (b.value / most) * tallest, bgcolor: 'primary.main', borderRadius: '2px 2px 0 0' }} />
          <Box sx={{ borderTop: 1, borderColor: 'divider', color: 'text.secondary', pt: 1, mx: { xs: -0.5, md: -1.5 } }}>{b.label.slice(5)}</Box>
        </Box>
      ))}
    </Box>
  );
}
