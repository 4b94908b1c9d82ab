import Box from '@mui/material/Box';
import LinearProgress from '@mui/material/LinearProgress';
import Typography from '@mui/material/Typography';
import { useCommon } from '../lib/i18n';

type BudgetProps = {
  used: number;
  total: number;
  format: (n: number) => string;
  label: string;
  compact?: boolean;
  marks?: number[];
  /** What became of the rest, where that is not the difference: too much, then. */
  rest?: string;
};

/** Used against planned: a bar, and always the numbers. */
export function BudgetBar({ used, total, format, label, compact, marks, rest }: BudgetProps) {
  const t = useCommon();
  const percent = total > 0 ? Math.round((used / total) * 100) : 0;
  const colour = percent > 100 ? 'error' : percent >= 80 ? 'warning' : 'primary';
  return (
    <Box sx={{ minWidth: compact ? 96 : 160 }}>
      {!compact && (
        <Box sx={{ display: 'flex', justifyContent: 'space-between', gap: 2, mb: 1, flexWrap: 'wrap' }}>
          <Typography variant="body2">{t('budget.used', { used: format(used), total: format(total), percent })}</Typography>
          <Typography variant="body2" sx={{ color: rest || percent > 100 ? 'error.main' : 'text.secondary' }}>
            {rest ? rest : percent > 100 ? t('budget.over', { over: format(used - total) }) : t('budget.left', { left: format(total - used) })}
          </Typography>
        </Box>
      )}
      <Box sx={{ position: 'relative' }}>
        <LinearProgress variant="determinate" color={colour} value={Math.min(100, percent)} aria-label={label} aria-valuetext={t('budget.used', { used: format(used), total: format(total), percent })} sx={{ height: compact ? 4 : 8, borderRadius: 1, bgcolor: 'action.selected' }} />
        {marks?.filter((m) => m < 100).map((m) => <Box key={m} component="span" aria-hidden sx={{ position: 'absolute', top: 0, bottom: 0, left: `${m}%`, width: 2, bgcolor: 'background.paper' }} />)}
      </Box>
      {compact && <Typography variant="caption" sx={{ color: percent > 100 ? 'error.main' : 'text.secondary', fontVariantNumeric: 'tabular-nums' }}>{percent} %</Typography>}
    </Box>
  );
}
