import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import ExpandIcon from '@mui/icons-material/ExpandMoreRounded';
import type { TimesheetLine } from '../../../shared/api/gen/time.gen';
import { formatDayShort, formatPeriod, formatWeekday, startOfWeek } from '../../../shared/lib/dates';
import { formatDuration } from '../../../shared/lib/duration';
import { usePhone } from '../../../shared/lib/hooks';
import { useMe } from '../../../shared/lib/me';
import { Money, PersonAvatar, StatusChip } from '../../../shared/ui/small';
import { useT } from '../locales/en';
import { Lines } from './Lines';

type WeekProps = {
  sheet: TimesheetLine; name: string; picked: boolean; open: boolean; busy: boolean;
  onPick: () => void; onOpen: () => void; onApprove: () => void; onBack: (entryIds?: string[]) => void; onApproveLines: (entryIds: string[]) => void;
};

/** A week that waits, with what can be decided about it. */
export function Week({ sheet: s, name, picked, open, busy, onPick, onOpen, onApprove, onBack, onApproveLines }: WeekProps) {
  const t = useT();
  const phone = usePhone();
  const range = formatPeriod(s.from, s.until);
  const what = t('what', { name, range });
  const gap = s.seconds + s.filled_seconds - s.expected_seconds;
  return (
    <Box component="li" data-sheet={s.id}>
      <Box sx={{ display: 'flex', alignItems: 'center', columnGap: { xs: 1, sm: 4 }, rowGap: 1, px: { xs: 1, sm: 4 }, pr: { xs: 3, sm: 4 }, py: 3, flexWrap: { xs: 'wrap', md: 'nowrap' } }}>
        <Checkbox size="small" checked={picked} onChange={onPick} slotProps={{ input: { 'aria-label': t('select', { what }) } }} />
        {!phone && <PersonAvatar name={name} size={32} />}
        <Box sx={{ flex: 1, minWidth: { xs: 90, sm: 140 } }}>
          <Box sx={{ display: 'flex', gap: 2, alignItems: 'center', flexWrap: 'wrap' }}>
            <Typography noWrap sx={{ fontWeight: 620 }}>{name}</Typography>
            {s.own && <StatusChip label={t('own')} tone="warning" />}
          </Box>
          <Typography variant="body2" sx={{ color: 'text.secondary' }}>{range}</Typography>
        </Box>
        {!phone && <Days sheet={s} />}
        <Box sx={{ textAlign: 'end', minWidth: { xs: 96, sm: 172 } }}>
          <Typography sx={{ fontWeight: 650, fontVariantNumeric: 'tabular-nums' }}>{formatDuration(s.seconds)}</Typography>
          <Typography variant="body2" sx={{ color: gap < 0 ? 'warning.main' : 'text.secondary' }}>
            {gap < 0 ? t('less', { time: formatDuration(-gap) }) : t('expected', { time: formatDuration(s.expected_seconds) })}
          </Typography>
          {s.billed_seconds !== s.billable_seconds && <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('rounded', { billable: formatDuration(s.billable_seconds), billed: formatDuration(s.billed_seconds) })}</Typography>}
        </Box>
        {s.amounts && s.amounts.length > 0 && !phone && (
          <Box sx={{ textAlign: 'end', minWidth: 110 }}>
            {s.amounts.map((m) => <Typography key={m.currency} variant="body2"><Money value={m} /></Typography>)}
            {(s.no_rate ?? 0) > 0 && <Typography variant="body2" sx={{ color: 'warning.main' }}>{t('noRate', { count: s.no_rate })}</Typography>}
          </Box>
        )}
        <Box sx={{ display: 'flex', gap: 2, alignItems: 'center', width: { xs: '100%', md: 'auto' }, justifyContent: 'flex-end' }}>
          <Button size="small" onClick={() => onBack()} aria-label={t('backWhat', { what })}>{t('back')}</Button>
          <Button size="small" variant="outlined" loading={busy} onClick={onApprove} aria-label={t('approveWhat', { what })}>{t('approve')}</Button>
          <IconButton size="small" data-main aria-expanded={open} aria-label={t(open ? 'close' : 'open', { what })} onClick={onOpen}>
            <ExpandIcon sx={{ transform: open ? 'rotate(180deg)' : 'none', transition: 'transform 120ms' }} />
          </IconButton>
        </Box>
      </Box>
      {open && <Lines id={s.id} label={t('lines', { what })} onBack={onBack} onApprove={onApproveLines} />}
    </Box>
  );
}

/** The days of a week, or the weeks of what is longer: its shape at a glance. */
function Days({ sheet }: { sheet: TimesheetLine }) {
  const start = useMe()?.agency.week_start;
  const weeks = sheet.per_day.length > 7;
  const columns = new Map<string, number>();
  for (const d of sheet.per_day) {
    const first = startOfWeek(d.day, start);
    const key = weeks ? (first < sheet.from ? sheet.from : first) : d.day;
    columns.set(key, (columns.get(key) ?? 0) + d.seconds);
  }
  return (
    <Box aria-hidden sx={{ display: { xs: 'none', lg: 'grid' }, gridTemplateColumns: weeks ? `repeat(${columns.size}, 54px)` : `repeat(${columns.size}, 44px)`, justifyContent: 'end', minWidth: 308, textAlign: 'end', fontVariantNumeric: 'tabular-nums', fontSize: 13 }}>
      {[...columns.keys()].map((d) => <Box key={d} sx={{ color: 'text.secondary', fontSize: 12 }}>{weeks ? formatDayShort(d) : formatWeekday(d)}</Box>)}
      {[...columns].map(([d, seconds]) => <Box key={d}>{seconds ? formatDuration(seconds) : '–'}</Box>)}
    </Box>
  );
}
