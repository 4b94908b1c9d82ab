import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';

export type Sum = { label: string; value: string; sign?: '+' | '−' | '±'; note?: string; total?: boolean };

/** An account that adds up: one line a figure, the total under a rule. */
export function Sums({ rows, label }: { rows: Sum[]; label: string }) {
  return (
    <Box component="table" aria-label={label} sx={{ width: '100%', maxWidth: 480, borderCollapse: 'collapse', fontVariantNumeric: 'tabular-nums' }}>
      <tbody>
        {rows.map((r) => (
          <Box component="tr" key={r.label} sx={r.total ? { '& > *': { borderTop: 1, borderColor: 'text.primary', pt: 2, fontWeight: 650 } } : undefined}>
            <Box component="th" scope="row" sx={{ textAlign: 'start', fontWeight: 'inherit', py: 1, pr: 4 }}>
              {r.label}
              {r.note && <Typography variant="caption" component="div" sx={{ color: 'text.secondary' }}>{r.note}</Typography>}
            </Box>
            <Box component="td" sx={{ textAlign: 'end', py: 1, whiteSpace: 'nowrap', verticalAlign: 'top' }}>{r.sign ? `${r.sign} ` : ''}{r.value}</Box>
          </Box>
        ))}
      </tbody>
    </Box>
  );
}
