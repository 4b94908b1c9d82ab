import Box from '@mui/material/Box';
import type { Document } from '../api/gen/invoices.gen';
import { written } from './written';

const some = (m: { amount: string }) => Number(m.amount) !== 0;

/** How far agreed fees are billed: contract, before, now, retained where anything is, left. */
export function ProgressTable({ of: d }: { of: Document }) {
  const { t, money } = written(d);
  const retains = d.progress.some((r) => some(r.retained));
  const head = [t('contract'), t('before'), t('now'), ...(retains ? [t('retained')] : []), t('left')];
  return (
    <Box sx={{ mt: 5, fontSize: 12, containerType: 'inline-size' }}>
      <Box component="table" aria-label={t('agreed')} sx={look}>
        <thead><tr><th scope="col">{t('agreed')}</th>{head.map((h) => <th key={h} scope="col">{h}</th>)}</tr></thead>
        <tbody>
          {d.progress.map((r) => (
            <tr key={r.name}>
              <th scope="row">{r.name}</th>
              {[r.contract, r.before, r.this, ...(retains ? [r.retained] : []), r.left].map((m, n) => <td key={head[n]}><span>{head[n]}</span>{money(m)}</td>)}
            </tr>
          ))}
        </tbody>
      </Box>
    </Box>
  );
}

// On a narrow paper a row stands under the next, each figure behind its name.
const look = {
  width: '100%', borderCollapse: 'collapse',
  '& th, & td': { p: 1, textAlign: 'end', fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' },
  '& th:first-of-type': { textAlign: 'start', whiteSpace: 'normal', overflowWrap: 'anywhere', minWidth: 96 },
  '& tbody th': { fontWeight: 400 },
  '& thead th': { color: 'text.secondary', fontWeight: 600 },
  '& td > span': { display: 'none' },
  '@container (max-width: 559px)': {
    '&, & tbody, & tr, & tbody th': { display: 'block' },
    '& thead': { position: 'absolute', width: '1px', height: '1px', overflow: 'hidden', clipPath: 'inset(50%)' },
    '& tr + tr': { mt: 2 },
    '& tbody th': { fontWeight: 600 },
    '& td': { display: 'flex', justifyContent: 'space-between', gap: 2, py: 0.5 },
    '& td > span': { display: 'inline', color: 'text.secondary', whiteSpace: 'normal', textAlign: 'start' },
  },
} as const;
