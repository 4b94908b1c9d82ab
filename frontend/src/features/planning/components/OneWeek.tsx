import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import AddIcon from '@mui/icons-material/AddRounded';
import type { BookingView, PersonPlan } from '../../../shared/api/gen/planning.gen';
import { formatDayLong, type Day } from '../../../shared/lib/dates';
import { formatDuration } from '../../../shared/lib/duration';
import { Section } from '../../../shared/ui/states';
import { useT } from '../locales/en';
import { booked } from '../model';
import { Bar } from './Bar';

type Props = { plan: PersonPlan; label: string; onBook?: (memberId: string, day: Day) => void; onOpen?: (b: BookingView) => void };

/** One person's week as a list of days, for phones. */
export function OneWeek({ plan: p, label, onBook, onOpen }: Props) {
  const t = useT();
  return (
    <Section pad={false}>
      <Box component="ul" aria-label={label} sx={{ m: 0, p: 0, listStyle: 'none', '& > li + li': { borderTop: 1, borderColor: 'divider' } }}>
        {p.days.map((d) => {
          const on = p.bookings.filter((b) => b.days.some((x) => x.day === d.day));
          const off = d.available_seconds === 0;
          const over = d.overload === 'confirmed' ? t('day.over', { by: formatDuration(d.confirmed_seconds - d.available_seconds) }) : d.overload === 'tentative' ? t('day.overTentative') : '';
          return (
            <Box component="li" key={d.day} sx={{ px: 4, py: 2, minHeight: 64 }}>
              <Box sx={{ display: 'flex', alignItems: 'center', gap: 2, minHeight: 44 }}>
                <Box sx={{ flex: 1, minWidth: 0 }}>
                  <Typography sx={{ fontWeight: 560 }}>{formatDayLong(d.day)}</Typography>
                  <Typography variant="body2" sx={{ color: over ? (d.overload === 'confirmed' ? 'error.main' : 'warning.main') : 'text.secondary', fontWeight: over ? 620 : 400 }}>
                    {off && booked(d) === 0 ? t('day.off') : t('day.load', { booked: formatDuration(booked(d)), available: formatDuration(d.available_seconds) })}{over && ` · ${over}`}
                  </Typography>
                </Box>
                {onBook && <IconButton aria-label={t('bookOn', { name: p.name, day: formatDayLong(d.day) })} onClick={() => onBook(p.member_id, d.day)}><AddIcon /></IconButton>}
              </Box>
              {on.map((b) => <Box key={b.id} sx={{ mt: 1 }}><Bar booking={b} onOpen={onOpen && (() => onOpen(b))} /></Box>)}
            </Box>
          );
        })}
      </Box>
    </Section>
  );
}
