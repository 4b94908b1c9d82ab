import Box from '@mui/material/Box';
import ListItemButton from '@mui/material/ListItemButton';
import { Link } from 'react-router';
import { daysBetween, formatDay, formatPeriod } from '../../../shared/lib/dates';
import { formatDuration } from '../../../shared/lib/duration';
import { CardRow } from '../../../shared/ui/CardRow';
import { StatusChip } from '../../../shared/ui/small';
import { Section } from '../../../shared/ui/states';
import type { Missing as Data } from '../api';
import { useT } from '../locales/en';

/** The weeks or months of late in which something can still be logged, or that were not handed in. */
export function Missing({ data }: { data: Data }) {
  const t = useT();
  const weeks = data.gaps.filter((g) => g.missing > g.closed || g.due);
  if (weeks.length === 0) return null;
  return (
    <Section title={t('missing.title')} pad={false}>
      <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none' }}>
        {weeks.map((g) => (
          <Box component="li" key={g.from} sx={{ '& + &': { borderTop: 1, borderColor: 'divider' } }}>
            <ListItemButton component={Link} to={`/time?date=${g.from}`} sx={{ display: 'block', px: 4, py: 2.5, minHeight: 56 }}>
              <CardRow
                title={daysBetween(g.from, g.to) === 6 ? t('missing.week', { day: formatDay(g.from) }) : formatPeriod(g.from, g.to)}
                end={g.missing > g.closed ? t('missing.hours', { time: formatDuration(g.missing - g.closed) }) : ''}
                state={g.due ? <StatusChip label={t(g.state === 'rejected' ? 'missing.back' : 'missing.late')} tone="warning" /> : ''}
              />
            </ListItemButton>
          </Box>
        ))}
      </Box>
    </Section>
  );
}
