import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import LeftIcon from '@mui/icons-material/ChevronLeftRounded';
import RightIcon from '@mui/icons-material/ChevronRightRounded';
import { useEffect, useRef, type ReactNode } from 'react';
import { useLeaveCalendarQuery, useLeaveTypesListQuery, type LeaveView } from '../../../shared/api/gen/leave.gen';
import { useStaff } from '../../../shared/api/members';
import { addDays, addMonths, daysBetween, endOfMonth, formatDay, formatRange, formatWeekday, startOfMonth, today, weekday, type Day } from '../../../shared/lib/dates';
import { useParam, usePhone } from '../../../shared/lib/hooks';
import { ErrorState, Section, SkeletonRows } from '../../../shared/ui/states';
import { shareOn, when } from '../model';
import { useT } from '../locales/en';

/** A month of the team: who is away when. The table scrolls in its own frame, the names stay. */
export function Team() {
  const t = useT();
  const [month, setMonth] = useParam('month');
  const first: Day = startOfMonth(/^\d{4}-\d{2}$/.test(month) ? `${month}-01` : today());
  const last = endOfMonth(first);
  const days = Array.from({ length: daysBetween(first, last) + 1 }, (_, i) => addDays(first, i));
  const calendar = useLeaveCalendarQuery({ from: first, to: last });
  const kinds = useLeaveTypesListQuery({ archived: true });
  const { nameOf } = useStaff();
  const go = (n: number) => setMonth(addMonths(first, n).slice(0, 7));
  const c = calendar.data;
  const phone = usePhone();
  const frame = useRef<HTMLDivElement>(null);
  const members = c?.members;
  useEffect(() => {
    if (!members) return;
    // On a narrow screen the month does not fit: it begins with today.
    const now = frame.current?.querySelector<HTMLElement>('[aria-current=date]');
    const names = frame.current?.querySelector<HTMLElement>('th');
    if (now && names && frame.current) frame.current.scrollLeft = now.offsetLeft - names.offsetWidth;
  }, [members]);
  const range = formatRange(first, last);
  const holidays = new Map(c?.holidays.map((h) => [h.day, h.name]));
  const people = [...(c?.members ?? [])].sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
  const kindOf = (l: LeaveView) => kinds.data?.items.find((k) => k.id === l.type_id)?.name ?? t('team.off');
  const what = (l: LeaveView, d: Day) => [kindOf(l), l.state === 'requested' && t('team.asked'), shareOn(l, d) < 1 && t('team.half')].filter(Boolean).join(', ');
  return (
    <>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, mb: 3 }}>
        <IconButton aria-label={t('team.previous')} onClick={() => go(-1)}><LeftIcon /></IconButton>
        <IconButton aria-label={t('team.next')} onClick={() => go(1)}><RightIcon /></IconButton>
        <Typography variant="h2">{range}</Typography>
      </Box>
      {!c ? (calendar.error ? <ErrorState error={calendar.error} onRetry={() => void calendar.refetch()} /> : <SkeletonRows label={t('team.label', { month: range })} rows={6} rowHeight={36} />) : (
        <Section pad={false}>
          <Box ref={frame} tabIndex={0} role="region" aria-label={t('team.label', { month: range })} sx={{ overflowX: 'auto' }}>
            <Box component="table" sx={{ borderCollapse: 'collapse', width: '100%', '& th, & td': { borderBottom: 1, borderColor: 'divider', height: 36, p: 0 } }}>
              <thead>
                <tr>
                  <Box component="th" scope="col" sx={{ position: 'sticky', left: 0, bgcolor: 'background.paper', textAlign: 'start', typography: 'caption', fontWeight: 600, color: 'text.secondary', px: '12px !important', minWidth: { xs: 112, sm: 180 } }}>{t('team.person')}</Box>
                  {days.map((d) => (
                    <Box component="th" scope="col" key={d} aria-current={d === today() ? 'date' : undefined} sx={{ minWidth: 26, fontWeight: 400, typography: 'caption', textAlign: 'center', color: d === today() ? 'primary.main' : 'text.secondary', bgcolor: free(d, holidays) }}>
                      {formatWeekday(d).slice(0, 1)}<br />{Number(d.slice(8))}
                    </Box>
                  ))}
                </tr>
              </thead>
              <tbody>
                {people.map((m) => (
                  <tr key={m}>
                    <Box component="th" scope="row" title={nameOf(m)} sx={{ position: 'sticky', left: 0, bgcolor: 'background.paper', textAlign: 'start', fontWeight: 400, px: '12px !important', maxWidth: { xs: 112, sm: 180 }, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{nameOf(m) || t('someone')}</Box>
                    {days.map((d) => {
                      const away = c.away.find((l) => l.member_id === m && shareOn(l, d) > 0);
                      return (
                        <Box component="td" key={d} sx={{ bgcolor: free(d, holidays) }}>
                          {away && (
                            <Box role="img" aria-label={t('team.away', { name: nameOf(m), day: formatDay(d), what: what(away, d) })} title={what(away, d)}
                              sx={{ ...bar(away.state), height: 20, mx: '1px', width: shareOn(away, d) < 1 ? '50%' : undefined }} />
                          )}
                        </Box>
                      );
                    })}
                  </tr>
                ))}
              </tbody>
            </Box>
          </Box>
        </Section>
      )}
      {c && c.away.length > 0 && (
        <Box sx={{ display: 'flex', gap: 4, mb: 2, color: 'text.secondary', typography: 'body2' }}>
          <Key state="approved">{t('team.approved')}</Key>
          <Key state="requested">{t('team.pending')}</Key>
        </Box>
      )}
      {c && phone && c.away.length > 0 && (
        <Box component="ul" aria-label={t('team.list')} sx={{ m: 0, mb: 4, p: 0, listStyle: 'none' }}>
          {[...c.away].sort((a, b) => a.first_day.localeCompare(b.first_day)).map((l) => (
            <Box component="li" key={l.id} sx={{ py: 2, borderBottom: 1, borderColor: 'divider' }}>
              <Typography sx={{ fontWeight: 560 }}>{nameOf(l.member_id) || t('someone')}</Typography>
              <Typography variant="body2" sx={{ color: 'text.secondary' }}>{[when(l), kindOf(l), l.state === 'requested' && t('team.asked')].filter(Boolean).join(' · ')}</Typography>
            </Box>
          ))}
        </Box>
      )}
      {c && c.away.length === 0 && <Typography sx={{ color: 'text.secondary' }}>{t('team.none')}</Typography>}
      {c && c.holidays.length > 0 && <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('team.holidays', { names: c.holidays.map((h) => `${h.name} (${formatDay(h.day)})`).join(', ') })}</Typography>}
    </>
  );
}

const bar = (state: LeaveView['state']) => ({ borderRadius: 0.5, border: 1, borderColor: 'primary.main', borderStyle: state === 'requested' ? 'dashed' : 'solid', bgcolor: state === 'requested' ? undefined : 'primary.main' });

function Key({ state, children }: { state: LeaveView['state']; children: ReactNode }) {
  return <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 2 }}><Box component="span" sx={{ ...bar(state), width: 20, height: 12 }} />{children}</Box>;
}

const free = (d: Day, holidays: Map<Day, string>) => (holidays.has(d) || weekday(d) === 0 || weekday(d) === 6 ? 'action.hover' : undefined);
