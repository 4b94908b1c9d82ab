import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import type { TimeGrid } from '../../../shared/api/gen/time.gen';
import { formatDayLong, formatWeekday, today, type Day } from '../../../shared/lib/dates';
import { formatDuration } from '../../../shared/lib/duration';
import { browserZone } from '../../../shared/lib/zones';
import { useT } from '../locales/en';

/** Seven days to tap, each with its hours. */
export function WeekStrip({ grid, day, label, onDay }: { grid: TimeGrid; day: Day; label: string; onDay: (d: Day) => void }) {
  const t = useT();
  const now = today(browserZone());
  return (
    <Box role="group" aria-label={label} sx={{ display: 'grid', gridTemplateColumns: 'repeat(7, minmax(0, 1fr))', gap: 1, mb: 4 }}>
      {grid.days.map((d) => {
        const on = d.day === day;
        return (
          <ButtonBase
            key={d.day}
            aria-label={[formatDayLong(d.day), formatDuration(d.seconds), ...(d.away ?? [])].join(', ')}
            aria-current={on ? 'date' : undefined}
            onClick={() => onDay(d.day)}
            sx={{
              font: 'inherit', flexDirection: 'column', borderRadius: 1, py: 1.5, minHeight: 64, border: 1, borderColor: on ? 'primary.main' : 'divider', bgcolor: on ? 'primary.main' : 'background.paper',
              color: on ? 'primary.contrastText' : d.day === now ? 'primary.main' : 'text.primary', '&.Mui-focusVisible': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: 2 },
            }}
          >
            <Box component="span" sx={{ fontSize: 12 }}>{formatWeekday(d.day)}</Box>
            <Box component="span" sx={{ fontWeight: 650, fontSize: 15 }}>{Number(d.day.slice(8))}</Box>
            <Box component="span" sx={{ fontSize: 12, fontVariantNumeric: 'tabular-nums', color: on ? 'inherit' : 'text.secondary' }}>{d.seconds ? formatDuration(d.seconds) : d.away ? t('away') : '–'}</Box>
          </ButtonBase>
        );
      })}
    </Box>
  );
}
