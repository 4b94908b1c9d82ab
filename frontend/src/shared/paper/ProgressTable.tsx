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
    <Box role="region" aria-label={t('agreed')} tabIndex={0} sx={{ mt: 5, overflowX: 'auto', fontSize: 12 }}>
      <Box component="table" sx={{ width: '100%', borderCollapse: 'collapse', '& th, & td': { p: 1, textAlign: 'end', fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }, '& th:first-of-type': { textAlign: 'start', whiteSpace: 'normal', overflowWrap: 'break-word', minWidth: 96 }, '& tbody th': { fontWeight: 400 }, '& thead th': { color: 'text.secondary', fontWeight: 600 } }}>
        <thead><tr><th scope="col">{t('agreed')}</th>{head.map((h) => <th key={h} scope="col">{h}</th>)}</tr></thead>
        <tbody>
          {d.progress.map((r) => (
            <tr key={r.name}>
              <th scope="row">{r.name}</th>
              {[r.contract, r.before, r.this, ...(retains ? [r.retained] : []), r.left].map((m, n) => <td key={head[n]}>{money(m)}</td>)}
            </tr>
          ))}
        </tbody>
      </Box>
    </Box>
  );
}
