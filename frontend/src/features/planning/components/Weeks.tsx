import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import AddIcon from '@mui/icons-material/AddRounded';
import type { KeyboardEvent } from 'react';
import type { BookingView, PersonPlan, PersonPlanDay } from '../../../shared/api/gen/planning.gen';
import { formatDay, formatWeekday, today, type Day } from '../../../shared/lib/dates';
import { formatDuration } from '../../../shared/lib/duration';
import { Section } from '../../../shared/ui/states';
import { useT } from '../locales/en';
import { booked, lanes, short } from '../model';
import { Bar } from './Bar';

const names = { xs: 112, sm: 180 };
const hatched = 'repeating-linear-gradient(135deg, transparent 0 4px, color-mix(in srgb, var(--mui-palette-text-secondary) 14%, transparent) 4px 5px)';

type Props = { days: Day[]; people: PersonPlan[]; label: string; onBook?: (memberId: string, day: Day) => void; onOpen?: (b: BookingView) => void };

/** Weeks across, people down: the hours of each day, and below them the bookings as bars. It scrolls in its own frame, the names stay. */
export function Weeks({ days, people, label, onBook, onOpen }: Props) {
  const t = useT();
  const columns = `repeat(${days.length}, minmax(30px, 1fr))`;
  const line = { display: 'grid', gridTemplateColumns: 'subgrid', gridColumn: '1 / -1' } as const;
  return (
    <Section pad={false}>
      <Box tabIndex={0} role="region" aria-label={label} sx={{ overflowX: 'auto' }}>
        <Box sx={{ minWidth: 30 * days.length + 180, display: 'grid', gridTemplateColumns: { xs: `${names.xs}px ${columns}`, sm: `${names.sm}px ${columns}` } }}>
          <Box aria-hidden sx={{ ...line, borderBottom: 1, borderColor: 'divider' }}>
            <Box sx={{ position: 'sticky', left: 0, bgcolor: 'background.paper', zIndex: 1 }} />
            {days.map((d, i) => (
              <Box key={d} sx={{ typography: 'caption', textAlign: 'center', py: 1, color: d === today() ? 'primary.main' : 'text.secondary', fontWeight: d === today() ? 620 : 400, borderInlineStart: i % 7 === 0 ? 1 : 0, borderColor: 'divider' }}>
                {formatWeekday(d).slice(0, 1)}<br />{Number(d.slice(8))}
              </Box>
            ))}
          </Box>
          <Box component="ul" onKeyDown={walk} sx={{ ...line, ...cells, m: 0, p: 0, listStyle: 'none' }}>
            {people.map((p) => (
              <Person key={p.member_id} plan={p} days={days} line={line} onBook={onBook && ((d) => onBook(p.member_id, d))} onOpen={onOpen} say={t} />
            ))}
          </Box>
        </Box>
      </Box>
    </Section>
  );
}

type PersonProps = { plan: PersonPlan; days: Day[]; line: object; onBook?: (d: Day) => void; onOpen?: (b: BookingView) => void; say: ReturnType<typeof useT> };

function Person({ plan: p, days, line, onBook, onOpen, say: t }: PersonProps) {
  const bars = lanes(p.bookings, days);
  const start = days.find((d) => d >= today()) ?? days[0] ?? '';
  return (
    <Box component="li" aria-label={p.name} sx={{ ...line, borderBottom: 1, borderColor: 'divider', rowGap: '2px', pb: 1, minHeight: 44, alignContent: 'start' }}>
      <Box sx={{ gridColumn: 1, gridRow: `1 / span ${1 + Math.max(1, ...bars.map((b) => b.lane + 1))}`, position: 'sticky', left: 0, bgcolor: 'background.paper', zIndex: 1, display: 'flex', alignItems: 'center', px: 3, minWidth: 0 }}>
        <Box component="span" title={p.name} sx={{ flex: 1, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{p.name}</Box>
        {onBook && <IconButton size="small" aria-label={t('bookFor', { name: p.name })} onClick={() => onBook(start)}><AddIcon fontSize="small" /></IconButton>}
      </Box>
      {p.days.map((d, i) => <Load key={d.day} day={d} name={p.name} column={i + 2} stop={d.day === start} onBook={onBook && (() => onBook(d.day))} />)}
      {bars.map((b) => (
        <Bar key={b.booking.id} booking={b.booking} onOpen={onOpen && (() => onOpen(b.booking))} at={{ column: `${b.from + 2} / ${b.to + 3}`, row: b.lane + 2 }} />
      ))}
    </Box>
  );
}

/** Says in words what the figures of a day mean. */
export function useLoad() {
  const t = useT();
  return (d: PersonPlanDay, name: string): string => {
    if (d.available_seconds === 0 && booked(d) === 0) return t('off', { name, day: formatDay(d.day) });
    const load = t('load', { name, day: formatDay(d.day), booked: formatDuration(booked(d)), available: formatDuration(d.available_seconds) });
    if (d.overload === 'confirmed') return t('over', { load, by: formatDuration(d.confirmed_seconds - d.available_seconds) });
    return d.overload === 'tentative' ? t('overTentative', { load }) : load;
  };
}

// Hundreds of cells are drawn at once: one rule above them instead of a style each.
const cells = {
  '& .day': { gridRow: 1, height: 26, m: '1px', mt: 1, p: 0, border: 0, borderRadius: '4px', display: 'grid', placeItems: 'center', font: 'inherit', fontSize: 12, fontVariantNumeric: 'tabular-nums', background: 'none', color: 'text.secondary' },
  '& button.day': { cursor: 'pointer', '&:hover': { bgcolor: 'action.hover' }, '&:focus-visible': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: -2 } },
  '& .day.off': { backgroundImage: hatched },
  '& .day.confirmed': { color: 'error.main', border: 1, borderColor: 'error.main', fontWeight: 700 },
  '& .day.tentative': { color: 'warning.main', border: '1px dashed', borderColor: 'warning.main', fontWeight: 620 },
} as const;

type LoadProps = { day: PersonPlanDay; name: string; column: number; stop: boolean; onBook?: () => void };

/** The hours of a day. Who books, books the person from then on by a click or Enter; arrows walk, and each person is one stop of Tab. */
function Load({ day: d, name, column, stop, onBook }: LoadProps) {
  const said = useLoad()(d, name);
  const look = { className: `day ${d.available_seconds === 0 ? 'off' : ''} ${d.overload}`, title: said, 'aria-label': said, style: { gridColumn: column } };
  const hours = booked(d) > 0 && `${short(booked(d))}${d.overload === 'confirmed' ? '!' : d.overload === 'tentative' ? '?' : ''}`;
  return onBook ? <button type="button" {...look} data-day={d.day} tabIndex={stop ? 0 : -1} onClick={onBook}>{hours}</button> : <div role="img" {...look}>{hours}</div>;
}

/** Arrows go to the day beside it and to the same day of the next person; Home and End to the ends of the line. */
function walk(e: KeyboardEvent<HTMLElement>) {
  const here = (e.target as HTMLElement).closest<HTMLElement>('[data-day]');
  if (!here) return;
  const row = here.closest('li');
  const inRow = (of: Element | null | undefined) => Array.from(of?.querySelectorAll<HTMLElement>('[data-day]') ?? []);
  const line = inRow(row);
  const at = line.indexOf(here);
  const to = { ArrowRight: line[at + 1], ArrowLeft: line[at - 1], Home: line[0], End: line.at(-1), ArrowDown: inRow(row?.nextElementSibling)[at], ArrowUp: inRow(row?.previousElementSibling)[at] }[e.key];
  if (!to) return;
  e.preventDefault();
  to.focus();
}
