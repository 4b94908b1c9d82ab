import Avatar from '@mui/material/Avatar';
import Box from '@mui/material/Box';
import Chip from '@mui/material/Chip';
import LinearProgress from '@mui/material/LinearProgress';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { formatDuration } from '../lib/duration';
import { useCommon } from '../lib/i18n';
import { useCan } from '../lib/me';
import { formatMoney, type MoneyValue } from '../lib/money';

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

// Twelve hues of like lightness; white text reads on each.
const hues = ['#3b5bdb', '#7048b8', '#a33b8f', '#b83253', '#b0432a', '#8a5a00', '#5c6b00', '#2b7a35', '#0b7a5c', '#08748c', '#1f6bb0', '#56616f'];
/** A steady colour for a name or id. */
export function hueOf(key: string): string {
  let h = 0;
  for (const c of key) h = (h * 31 + (c.codePointAt(0) ?? 0)) >>> 0;
  return hues[h % hues.length] ?? '#56616f';
}

const initials = (name: string) => {
  const w = name.trim().split(/\s+/);
  return ((w[0]?.[0] ?? '?') + (w.length > 1 ? (w.at(-1)?.[0] ?? '') : '')).toUpperCase();
};

/** A person's initials in their colour; with `named` also the name. */
export function PersonAvatar({ name, size = 28, named }: { name: string; size?: number; named?: boolean }) {
  const face = (
    <Avatar aria-hidden={named || undefined} role={named ? undefined : 'img'} aria-label={named ? undefined : name} title={name} sx={{ width: size, height: size, fontSize: size * 0.42, fontWeight: 600, bgcolor: hueOf(name), color: '#fff' }}>
      {initials(name)}
    </Avatar>
  );
  if (!named) return face;
  return (
    <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 2, minWidth: 0 }}>
      {face}
      <Box component="span" sx={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{name}</Box>
    </Box>
  );
}

/** Children only for those who have the permission. */
export function Can({ permission, children, otherwise = null }: { permission: string; children: ReactNode; otherwise?: ReactNode }) {
  const can = useCan();
  return can(permission) ? children : otherwise;
}

type BudgetProps = { used: number; total: number; format: (n: number) => string; label: string; compact?: boolean };

/** Used against planned: a bar, and always the numbers. */
export function BudgetBar({ used, total, format, label, compact }: BudgetProps) {
  const t = useCommon();
  const percent = total > 0 ? Math.round((used / total) * 100) : 0;
  const colour = percent > 100 ? 'error' : percent >= 80 ? 'warning' : 'primary';
  return (
    <Box sx={{ minWidth: compact ? 96 : 160 }}>
      {!compact && (
        <Box sx={{ display: 'flex', justifyContent: 'space-between', gap: 2, mb: 1, flexWrap: 'wrap' }}>
          <Typography variant="body2">{t('budget.used', { used: format(used), total: format(total), percent })}</Typography>
          <Typography variant="body2" sx={{ color: percent > 100 ? 'error.main' : 'text.secondary' }}>
            {percent > 100 ? t('budget.over', { over: format(used - total) }) : t('budget.left', { left: format(total - used) })}
          </Typography>
        </Box>
      )}
      <LinearProgress variant="determinate" color={colour} value={Math.min(100, percent)} aria-label={label} aria-valuetext={t('budget.used', { used: format(used), total: format(total), percent })} sx={{ height: compact ? 4 : 8, borderRadius: 1, bgcolor: 'action.selected' }} />
      {compact && <Typography variant="caption" sx={{ color: percent > 100 ? 'error.main' : 'text.secondary', fontVariantNumeric: 'tabular-nums' }}>{percent} %</Typography>}
    </Box>
  );
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
