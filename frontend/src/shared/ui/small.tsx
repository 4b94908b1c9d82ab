import Box from '@mui/material/Box';
import Chip from '@mui/material/Chip';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { formatDuration } from '../lib/duration';
import { useCan } from '../lib/me';
import { formatMoney, type MoneyValue } from '../lib/money';

export { BudgetBar } from './BudgetBar';
export { hueOf, PersonAvatar } from './PersonAvatar';

/** <Money value={invoice.total} />: right place for cents, right figures. */
export function Money({ value, cents }: { value: MoneyValue | null | undefined; cents?: boolean }) {
  return <Box component="span" sx={{ fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }}>{value ? formatMoney(value, { cents }) : '–'}</Box>;
}

/** <Duration seconds={5400} /> is 1:30. */
export function Duration({ seconds }: { seconds: number | null | undefined }) {
  return <Box component="span" sx={{ fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }}>{seconds === null || seconds === undefined ? '–' : formatDuration(seconds)}</Box>;
}

export type Tone = 'neutral' | 'brand' | 'success' | 'warning' | 'danger';
const tones: Record<Tone, string> = { neutral: 'text.secondary', brand: 'primary.main', success: 'success.main', warning: 'warning.main', danger: 'error.main' };

/** A state in a word. The colour only supports the word. */
export function StatusChip({ label, tone = 'neutral' }: { label: string; tone?: Tone }) {
  return (
    <Chip
      size="small"
      variant="outlined"
      label={label}
      icon={<Box component="span" sx={{ width: 8, height: 8, borderRadius: '50%', bgcolor: tones[tone], flexShrink: 0 }} />}
      sx={{ borderColor: 'divider', bgcolor: 'background.paper', color: 'text.primary', '& .MuiChip-icon': { ml: 2, mr: 0 } }}
    />
  );
}

/** Children only for those who have the permission. */
export function Can({ permission, children, otherwise = null }: { permission: string; children: ReactNode; otherwise?: ReactNode }) {
  const can = useCan();
  return can(permission) ? children : otherwise;
}

/** One key figure of a row of them. */
export function Figure({ label, value, note }: { label: string; value: ReactNode; note?: ReactNode }) {
  return (
    <Box sx={{ border: 1, borderColor: 'divider', borderRadius: 1, bgcolor: 'background.paper', p: 4, minWidth: 0 }}>
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>{label}</Typography>
      <Typography variant="h4" component="p" sx={{ fontVariantNumeric: 'tabular-nums', fontSize: { xs: 20, sm: 26 } }}>{value}</Typography>
      {note && <Typography variant="caption" component="p" sx={{ color: 'text.secondary' }}>{note}</Typography>}
    </Box>
  );
}

/** Figures beside one another, two abreast on phones. */
export function Figures({ children }: { children: ReactNode }) {
  return <Box sx={{ display: 'grid', gap: { xs: 2, sm: 4 }, gridTemplateColumns: { xs: 'repeat(2, minmax(0, 1fr))', md: 'repeat(auto-fit, minmax(180px, 1fr))' }, mb: 4 }}>{children}</Box>;
}

/** Label and value pairs, as on the page of one thing. */
export function Facts({ items }: { items: [string, ReactNode][] }) {
  return (
    <Box component="dl" sx={{ m: 0, display: 'grid', gridTemplateColumns: { xs: '1fr', sm: 'minmax(120px, max-content) 1fr' }, columnGap: 6, rowGap: { xs: 0, sm: 2 } }}>
      {items.map(([k, v]) => (
        <Box key={k} sx={{ display: 'contents' }}>
          <Typography component="dt" variant="body2" sx={{ color: 'text.secondary' }}>{k}</Typography>
          <Typography component="dd" className="said" sx={{ m: 0, mb: { xs: 2, sm: 0 } }}>{v ?? '–'}</Typography>
        </Box>
      ))}
    </Box>
  );
}
