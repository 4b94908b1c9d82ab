import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';

type CardRowProps = { title: ReactNode; end?: ReactNode; sub?: ReactNode; state?: ReactNode; /** Long texts go on below themselves instead of being cut off. */ wrap?: boolean; /** What is too long to stand beside something, in full. */ below?: ReactNode };

/** The two lines of a card: what and how much, then when, who and its state. */
export function CardRow({ title, end, sub, state, below, wrap = false }: CardRowProps) {
  const fit = wrap ? ({ overflowWrap: 'anywhere' } as const) : ({ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' } as const);
  return (
    <Box sx={{ display: 'grid', gridTemplateColumns: 'minmax(40%, 1fr) auto', columnGap: 3, rowGap: 0.5, alignItems: 'center' }}>
      <Typography component="div" sx={{ fontWeight: 560, ...fit, gridColumn: end ? undefined : '1 / -1' }}>{title}</Typography>
      {end && <Typography component="div" sx={{ fontWeight: 560, textAlign: 'end', fontVariantNumeric: 'tabular-nums' }}>{end}</Typography>}
      <Typography component="div" variant="body2" sx={{ color: 'text.secondary', ...fit, minHeight: 18, gridColumn: state ? undefined : '1 / -1' }}>{sub}</Typography>
      {state && <Typography component="div" variant="body2" sx={{ textAlign: 'end' }}>{state}</Typography>}
      {below && <Typography component="div" variant="body2" sx={{ gridColumn: '1 / -1' }}>{below}</Typography>}
    </Box>
  );
}
