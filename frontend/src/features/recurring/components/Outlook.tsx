import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { formatDay, formatRange } from '../../../shared/lib/dates';
import { formatMoney } from '../../../shared/lib/money';
import { Money, StatusChip } from '../../../shared/ui/small';
import type { RecurringAhead, RecurringOutlook } from '../api';
import { useT } from '../locales/en';
import { periodTones } from '../model';

type Props = { of: RecurringOutlook; actions?: (p: RecurringAhead) => ReactNode };

/** The periods that come, with their days and what each comes to. */
export function Outlook({ of, actions }: Props) {
  const t = useT();
  if (of.items.length === 0) return <Typography sx={{ color: 'text.secondary', p: 4 }}>{t('aheadNone')}</Typography>;
  return (
    <>
      <Box component="ol" sx={{ m: 0, p: 0, listStyle: 'none' }}>
        {of.items.map((p, n) => <Period key={p.number} period={p} first={n === 0} lines={n === 0 || p.days !== p.of_days}>{actions?.(p)}</Period>)}
      </Box>
      <Box sx={{ px: 4, py: 3, borderTop: 1, borderColor: 'divider', color: 'text.secondary' }}>
        {of.more && <Typography variant="body2">{t('andMore')}</Typography>}
        {of.extras && (
          <Typography variant="body2">
            {of.extras.lines > 0 ? t('extras', { count: of.extras.lines, total: formatMoney(of.extras.total) }) : t('extrasNone')}
            {of.extras.open > 0 && ` ${t('openTime', { count: of.extras.open })}`}
          </Typography>
        )}
        <Typography variant="body2">{t('whole')}: {formatMoney(of.whole)} {t('net').toLowerCase()}</Typography>
      </Box>
    </>
  );
}

function Period({ period: p, first, lines, children }: { period: RecurringAhead; first: boolean; lines: boolean; children?: ReactNode }) {
  const t = useT();
  const quiet = p.state === 'skipped';
  return (
    <Box component="li" sx={{ px: 4, py: 3, borderTop: first ? 0 : 1, borderColor: 'divider' }}>
      <Box sx={{ display: 'flex', gap: 3, alignItems: 'baseline', flexWrap: 'wrap' }}>
        <Typography sx={{ fontWeight: 600, ...(quiet && { textDecoration: 'line-through', color: 'text.secondary' }) }}>{formatRange(p.from, p.to)}</Typography>
        {p.days !== p.of_days && <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('days', { days: p.days, of: p.of_days })}</Typography>}
        {p.state !== 'planned' && <StatusChip label={t(`states.${p.state}`)} tone={periodTones[p.state]} />}
        <Typography component="span" sx={{ ml: 'auto', fontWeight: 600 }}><Money value={p.total} /></Typography>
      </Box>
      <Box sx={{ display: 'flex', gap: 3, alignItems: 'center', justifyContent: 'space-between', minHeight: 32 }}>
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('issueOn')} {formatDay(p.issue_on)} · {t('due', { day: formatDay(p.due_on) })}{p.net.amount !== p.total.amount && ` · ${t('net')} ${formatMoney(p.net)}`}</Typography>
        {children}
      </Box>
      {lines && p.lines.length > 0 && (
        <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none' }}>
          {p.lines.map((l, n) => (
            // oxlint-disable-next-line react/no-array-index-key -- lines have no key of their own and never move
            <Box component="li" key={n} sx={{ display: 'flex', justifyContent: 'space-between', gap: 3, color: 'text.secondary' }}>
              <Typography variant="body2" sx={{ minWidth: 0, overflowWrap: 'anywhere' }}>{l.description}</Typography>
              <Typography variant="body2"><Money value={l.amount} /></Typography>
            </Box>
          ))}
        </Box>
      )}
    </Box>
  );
}
