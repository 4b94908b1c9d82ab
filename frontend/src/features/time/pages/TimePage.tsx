import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import Typography from '@mui/material/Typography';
import LeftIcon from '@mui/icons-material/ChevronLeftRounded';
import RightIcon from '@mui/icons-material/ChevronRightRounded';
import { useEffect, useMemo, useState } from 'react';
import { Link } from 'react-router';
import { useTimerGetQuery, useTimesheetsGridQuery, type TimeEntryView, type TimeGrid, type TimeGridRow } from '../../../shared/api/gen/time.gen';
import { command, useCommand } from '../../../shared/lib/commands';
import { addDays, formatDayLong, formatRange, startOfWeek, today, type Day } from '../../../shared/lib/dates';
import { formatDuration } from '../../../shared/lib/duration';
import { useParam, usePhone } from '../../../shared/lib/hooks';
import { useMe } from '../../../shared/lib/me';
import { browserZone } from '../../../shared/lib/zones';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { EmptyState, ErrorState, Section, SkeletonRows } from '../../../shared/ui/states';
import { PinnedRows } from '../components/PinnedRows';
import { DayList } from '../components/DayList';
import { RowTools } from '../components/RowTools';
import { SheetBar } from '../components/SheetBar';
import { WeekGrid } from '../components/WeekGrid';
import { WeekStrip } from '../components/WeekStrip';
import { keyOf, takes, weekOf } from '../model';
import { useT } from '../locales/en';
import { later, whenOpen } from '../../../shared/ui/later';

const EntryDialog = whenOpen(async () => (await import('../components/EntryDialog')).EntryDialog);

const Suggestions = later(async () => (await import('../components/Suggestions')).Suggestions);

const ExportDialog = later(async () => (await import('../components/ExportDialog')).ExportDialog);

/** One's own time, by day or by week. View and date are in the address. */
export function TimePage() {
  const t = useT();
  const me = useMe();
  const phone = usePhone();
  const [chosen, setView] = useParam('view', 'week');
  const view = phone ? 'day' : chosen === 'day' ? 'day' : 'week'; // seven columns do not fit a phone
  const [date, setDate] = useParam('date');
  const [log, setLog] = useParam('log');
  const [exporting, setExporting] = useState(false);
  const [entry, setEntry] = useState<TimeEntryView>();
  const [row, setRow] = useState<TimeGridRow>();
  const now = today(browserZone());
  const day: Day = /^\d{4}-\d{2}-\d{2}$/.test(date) ? date : now;
  const week = startOfWeek(day, me?.agency.week_start);
  const grid = useTimesheetsGridQuery({ week });
  const timer = useTimerGetQuery();
  const step = view === 'week' ? 7 : 1;
  const go = (d: Day) => setDate(d === now ? '' : d);
  useCommand('previous', () => go(addDays(day, -step)));
  useCommand('next', () => go(addDays(day, step)));
  const title = view === 'week' ? formatRange(week, addDays(week, 6)) : formatDayLong(day);
  const data = grid.currentData ?? (grid.data?.days[0]?.day === week ? grid.data : undefined);
  return (
    <>
      <PageHeader
        title={t('title')}
        sub={data && `${formatDuration(data.seconds + data.filled)} / ${formatDuration(data.expected)}`}
        actions={
          <>
            {phone && !timer.data?.timer && <Button variant="outlined" onClick={() => command('timer.toggle')}>{t('startTimer')}</Button>}
            <Button component={Link} to="/time/entries" variant="outlined" color="inherit" sx={{ borderColor: 'divider' }}>{t('entries.open')}</Button>
            <Button variant="outlined" color="inherit" onClick={() => setExporting(true)} sx={{ borderColor: 'divider' }}>{t('export.open')}</Button>
            <Button variant="contained" onClick={() => setLog('1')}>{t('log')}</Button>
          </>
        }
      />
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, mb: 4, flexWrap: 'wrap' }}>
        <IconButton aria-label={t('previous', { what: t(view).toLowerCase() })} onClick={() => go(addDays(day, -step))}><LeftIcon /></IconButton>
        <IconButton aria-label={t('next', { what: t(view).toLowerCase() })} onClick={() => go(addDays(day, step))}><RightIcon /></IconButton>
        <Typography variant="h2" sx={{ px: 2, fontVariantNumeric: 'tabular-nums' }}>{title}</Typography>
        {day !== now && <Button size="small" onClick={() => go(now)}>{t('today')}</Button>}
        <Box sx={{ flex: 1 }} />
        {!phone && (
          <ToggleButtonGroup exclusive size="small" value={view} onChange={(_, v: string | null) => v && setView(v)} aria-label={t('view')}>
            <ToggleButton value="day" sx={{ px: 4 }}>{t('day')}</ToggleButton>
            <ToggleButton value="week" sx={{ px: 4 }}>{t('week')}</ToggleButton>
          </ToggleButtonGroup>
        )}
      </Box>
      {grid.error && !data ? (
        <ErrorState error={grid.error} onRetry={() => void grid.refetch()} />
      ) : !data ? (
        <SkeletonRows label={t('title')} rows={6} rowHeight={48} />
      ) : (
        <>
          {data.timesheets.filter((s) => view === 'week' || (s.from <= day && day <= s.until)).map((s) => <SheetBar key={s.from} part={s} named={data.timesheets.length > 1 || s.from !== week || s.until !== addDays(week, 6)} />)}
          {view === 'week' ? (
            <Week key={week} grid={data} />
          ) : (
            <>
              <WeekStrip grid={data} day={day} label={t('grid.label', { range: formatRange(week, addDays(week, 6)) })} onDay={go} />
              <PinnedRows grid={data} day={day} onRow={(r) => { setRow(r); setLog('1'); }} />
              <DayList day={day} onEdit={setEntry} onLog={() => setLog('1')} />
            </>
          )}
          {data.timesheets.some(takes) && <Suggestions key={`suggestions ${view === 'week' ? week : day}`} from={view === 'week' ? week : day} to={view === 'week' ? addDays(week, 6) : day} />}
        </>
      )}
      {exporting && <ExportDialog from={view === 'week' ? week : day} to={view === 'week' ? addDays(week, 6) : day} onClose={() => setExporting(false)} />}
      <EntryDialog open={log !== '' || entry !== undefined} day={day} entry={entry} row={row} onClose={() => { setEntry(undefined); setRow(undefined); setLog(''); }} />
    </>
  );
}

function Week({ grid }: { grid: TimeGrid }) {
  const t = useT();
  const [extra, setExtra] = useState<TimeGridRow[]>([]);
  const [fresh, setFresh] = useState<string | null>(null);
  const open = grid.timesheets.some(takes);
  // A row keeps its place while it is new: time in it must not make it jump.
  const rows = useMemo(() => {
    const kept = new Map(grid.rows.map((r) => [keyOf(r), r]));
    const added = extra.map((r) => kept.get(keyOf(r)) ?? r).filter((r) => !r.pinned); // a pinned one goes to its place
    const keys = new Set(added.map(keyOf));
    return [...grid.rows.filter((r) => !keys.has(keyOf(r))), ...added];
  }, [grid.rows, extra]);
  useEffect(() => {
    if (!fresh) return;
    const i = rows.findIndex((r) => keyOf(r) === fresh);
    if (i < 0) return;
    document.querySelector<HTMLInputElement>(`input[data-at="${i}/0"]`)?.focus();
    setFresh(null);
  }, [fresh, rows]);
  const add = (r: TimeGridRow) => {
    if (!rows.some((o) => keyOf(o) === keyOf(r))) setExtra((x) => [...x, r]);
    setFresh(keyOf(r));
  };
  const tools = open && <RowTools grid={grid} onRow={add} />;
  if (rows.length === 0) return <Section><EmptyState title={t('grid.empty')} text={[grid.filled > 0 && t('grid.emptyHolidays', { time: formatDuration(grid.filled) }), t('grid.emptyText')].filter(Boolean).join(' ')} action={tools} /></Section>;
  return (
    <>
      <Section pad={false}>
        <WeekGrid grid={grid} rows={rows} label={t('grid.label', { range: formatRange(weekOf(grid), addDays(weekOf(grid), 6)) })} />
      </Section>
      {tools}
    </>
  );
}
