import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import LeftIcon from '@mui/icons-material/ChevronLeftRounded';
import RightIcon from '@mui/icons-material/ChevronRightRounded';
import { useState } from 'react';
import type { BookingView } from '../../../shared/api/gen/planning.gen';
import { useProjectsListQuery } from '../../../shared/api/gen/projects.gen';
import { useFeed } from '../../../shared/api/infinite';
import { useStaff } from '../../../shared/api/members';
import { addDays, formatRange, startOfWeek, today, type Day } from '../../../shared/lib/dates';
import { useParam, usePhone, useTab } from '../../../shared/lib/hooks';
import { useCan, useMe } from '../../../shared/lib/me';
import { FilterBar, type Filter } from '../../../shared/ui/filters';
import { later } from '../../../shared/ui/later';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { TabBar } from '../../../shared/ui/TabBar';
import { EmptyState, ErrorState, NoResults, SkeletonRows } from '../../../shared/ui/states';
import { usePlanFeedInfiniteQuery } from '../api';
import { OneWeek } from '../components/OneWeek';
import { Weeks } from '../components/Weeks';
import { useT } from '../locales/en';

const BookingDialog = later(async () => (await import('../components/BookingDialog')).BookingDialog);

const Bench = later(async () => (await import('../components/Bench')).Bench, <Box aria-busy="true" sx={{ height: 400 }} />);

const tabs = ['plan', 'bench'] as const;

type Open = { booking?: BookingView; memberId: string; day: Day };

/** Who is booked on what: weeks across and people down; on phones one person's week. Who sees nobody else's plan sees their own. */
export function PlanPage() {
  const t = useT();
  const me = useMe();
  const can = useCan();
  const phone = usePhone();
  const [at, setAt] = useParam('week');
  const [member, setMember] = useParam('person');
  const [project, setProject] = useParam('project');
  const [state, setState] = useParam('state');
  const [tab, setTab] = useTab(tabs);
  const [open, setOpen] = useState<Open | null>(null);
  const { options } = useStaff();
  const all = can('planning.bookings.read_all');
  const projects = useProjectsListQuery({ limit: 200 }, { skip: !all });
  const day = today(me?.agency.time_zone);
  const now = startOfWeek(day, me?.agency.week_start);
  const from = startOfWeek(/^\d{4}-\d{2}-\d{2}$/.test(at) ? at : now, me?.agency.week_start);
  const benching = tab === 'bench';
  const weeks = phone && !benching ? 1 : 4;
  const to = addDays(from, weeks * 7 - 1);
  const days = Array.from({ length: weeks * 7 }, (_, i) => addDays(from, i));
  const who = phone ? member || (me?.member_id ?? '') : member;
  const list = useFeed(usePlanFeedInfiniteQuery({ from, to, memberId: who || undefined, projectId: project || undefined, state: state === 'tentative' || state === 'confirmed' ? state : undefined }, { skip: benching }));
  const label = t('label', { range: formatRange(from, to) });
  const go = (d: Day) => setAt(d === now ? '' : d);
  const writes = can('planning.bookings.write');
  const book = writes ? (memberId: string, day: Day) => setOpen({ memberId, day }) : undefined;
  const edit = writes ? (booking: BookingView) => setOpen({ booking, memberId: booking.member_id, day: booking.starts_on }) : undefined;
  const filters: Filter[] = [
    ...(phone ? [] : [{ key: 'person', label: t('person'), any: t('everybody'), value: member, onChange: setMember, options }]),
    { key: 'project', label: t('project'), any: t('anyProject'), value: project, onChange: setProject, options: (projects.data?.items ?? []).map((p) => ({ value: p.id, label: `${p.code} ${p.name}` })) },
    { key: 'state', label: t('state'), any: t('anyState'), value: state, onChange: setState, options: (['confirmed', 'tentative'] as const).map((s) => ({ value: s, label: t(s) })) },
  ];
  const clear = () => { setProject(''); setState(''); setMember(''); };
  const rows = list.rows;
  const idle = rows?.length !== 0 && rows?.every((p) => p.bookings.length === 0);
  const only = rows?.[0];
  const idleText = () => {
    const week = phone ? 'Week' : '';
    if (project || state) return t(`nobodyFits${week}`);
    if (who ? who === me?.member_id : !all) return t(`nobodyMine${week}`);
    return who ? t(`nobodyOne${week}`, { name: only?.name }) : t('nobody');
  };
  return (
    <>
      <PageHeader title={t(all ? 'title' : 'mine')} actions={writes && <Button variant="contained" onClick={() => setOpen({ memberId: member, day: from < now ? now : from })}>{t('book')}</Button>} />
      <TabBar label={t('tab.label')} value={tab} onChange={setTab} tabs={tabs.map((x) => ({ value: x, label: t(`tab.${x}`) }))} />
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, mb: 3, flexWrap: 'wrap' }}>
        <IconButton aria-label={t('previous')} onClick={() => go(addDays(from, -7))}><LeftIcon /></IconButton>
        <IconButton aria-label={t('next')} onClick={() => go(addDays(from, 7))}><RightIcon /></IconButton>
        <Typography variant="h2" sx={{ px: 2, fontVariantNumeric: 'tabular-nums' }}>{formatRange(from, to)}</Typography>
        {from !== now && <Button size="small" onClick={() => go(now)}>{t('today')}</Button>}
      </Box>
      {all && phone && !benching && <FilterBar filters={[{ key: 'person', label: t('person'), any: me?.name, value: member, onChange: setMember, options: options.filter((o) => o.value !== me?.member_id) }, ...filters]} />}
      {all && !phone && !benching && <FilterBar filters={filters} />}
      {benching ? (
        <>
          <Bench from={from} weeks={weeks} since={day} label={t('bench.label', { range: formatRange(from, to) })} />
          <Typography variant="body2" sx={{ color: 'text.secondary', mt: 3 }}>{t('bench.legend')}</Typography>
        </>
      ) : list.error ? (
        <ErrorState error={list.error} onRetry={list.onRetry} />
      ) : !rows ? (
        <SkeletonRows label={label} rows={phone ? 7 : 10} rowHeight={64} />
      ) : rows.length === 0 || !only ? (
        project || member || state ? <NoResults onClear={clear} /> : <EmptyState title={t('empty')} />
      ) : (
        <>
          {phone ? <OneWeek plan={only} label={label} onBook={book} onOpen={edit} /> : <Weeks days={days} people={rows} label={label} onBook={book} onOpen={edit} />}
          {list.hasMore && !phone && <Button onClick={list.onMore} loading={list.loadingMore} sx={{ mb: 4 }}>{t('more')}</Button>}
          {(idle || !phone) && <Typography variant="body2" sx={{ color: 'text.secondary' }}>{idle ? idleText() : t('legend')}{book && !phone && ` ${t('keys')}`}</Typography>}
        </>
      )}
      {open && <BookingDialog {...open} onClose={() => setOpen(null)} />}
    </>
  );
}
