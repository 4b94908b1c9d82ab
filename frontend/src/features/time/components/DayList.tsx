import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import DeleteIcon from '@mui/icons-material/DeleteOutlineRounded';
import EditIcon from '@mui/icons-material/EditOutlined';
import InfoIcon from '@mui/icons-material/PaidOutlined';
import PlayIcon from '@mui/icons-material/PlayArrowRounded';
import { useState } from 'react';
import { useTimeEntriesCreateMutation, useTimeEntriesDeleteMutation, useTimeEntriesListQuery, useTimerStartMutation, type TimeEntryView } from '../../../shared/api/gen/time.gen';
import { useSetsBillable } from '../../../shared/api/billable';
import { formatDayLong, type Day } from '../../../shared/lib/dates';
import { formatDuration } from '../../../shared/lib/duration';
import { useMe } from '../../../shared/lib/me';
import { browserZone } from '../../../shared/lib/zones';
import { Duration, StatusChip } from '../../../shared/ui/small';
import { EmptyState, ErrorState, Section, SkeletonRows } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { later } from '../../../shared/ui/later';
import { rounded, span, tones, workName } from '../model';
import { useT } from '../locales/en';

const WhyRate = later(async () => (await import('./WhyRate')).WhyRate);

/** The entries of one day, one line each. */
export function DayList({ day, onEdit, onLog }: { day: Day; onEdit: (e: TimeEntryView) => void; onLog: () => void }) {
  const t = useT();
  const me = useMe();
  const list = useTimeEntriesListQuery({ from: day, to: day, memberId: me?.member_id, limit: 200 }, { skip: !me });
  if (list.error && !list.data) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  if (!list.currentData && !list.data) return <SkeletonRows label={t('list.label', { day: formatDayLong(day) })} rows={3} rowHeight={64} />;
  if (!list.currentData) return <Section pad={false}><Skeleton variant="rounded" height={64} /></Section>;
  const entries = [...list.currentData.items].sort((a, b) => (a.started_at ?? a.created_at).localeCompare(b.started_at ?? b.created_at));
  if (entries.length === 0) return <Section><EmptyState title={t('list.empty')} text={t('list.emptyText')} action={<Button variant="contained" onClick={onLog}>{t('log')}</Button>} /></Section>;
  return (
    <Section pad={false}>
      <Box component="ul" aria-label={t('list.label', { day: formatDayLong(day) })} sx={{ m: 0, p: 0, listStyle: 'none', '& > li + li': { borderTop: 1, borderColor: 'divider' } }}>
        {entries.map((e) => <Entry key={e.id} entry={e} onEdit={() => onEdit(e)} />)}
      </Box>
    </Section>
  );
}

function Entry({ entry: e, onEdit }: { entry: TimeEntryView; onEdit: () => void }) {
  const t = useT();
  const [remove] = useTimeEntriesDeleteMutation();
  const [create] = useTimeEntriesCreateMutation();
  const [start] = useTimerStartMutation();
  const bills = useSetsBillable();
  const billable = bills ? e.billable : undefined; // as the work says
  const what = [workName(e), e.note].filter(Boolean).join(', ');
  const again = async () => {
    try {
      await start({ timerStart: { project_id: e.project_id, task_id: e.task_id ?? undefined, note: e.note, billable, zone: browserZone() } }).unwrap();
      toast(t('entry.started'));
    } catch (x) {
      toast.failed(x);
    }
  };
  const undo = () => {
    const length = e.started_at && e.ended_at ? { started_at: e.started_at, ended_at: e.ended_at } : { day: e.day, seconds: e.seconds };
    create({ newTimeEntry: { project_id: e.project_id, task_id: e.task_id ?? undefined, note: e.note, billable, zone: e.zone, ...length } }).unwrap().catch(toast.failed);
  };
  const del = async () => {
    try {
      await remove({ id: e.id }).unwrap();
      toast(t('entry.deleted'), { undo });
    } catch (x) {
      toast.failed(x);
    }
  };
  return (
    <Box component="li" sx={{ display: 'flex', flexWrap: { xs: 'wrap', sm: 'nowrap' }, alignItems: 'center', columnGap: 3, px: 4, py: 2, minHeight: 64 }}>
      <Box sx={{ flex: 1, minWidth: 0 }}>
        <Typography noWrap sx={{ fontWeight: 560 }}>{workName(e)}</Typography>
        <Typography variant="body2" className="said" sx={{ color: 'text.secondary' }}>{[e.client_name, e.note].filter(Boolean).join(' · ')}</Typography>
        {e.reject_reason && <Typography variant="body2" sx={{ color: 'error.main' }}>{t('entry.reason', { reason: e.reject_reason })}</Typography>}
        {e.flags.includes('crossed_lock') && <Typography variant="body2" sx={{ color: 'warning.main' }}>{t('entry.crossed')}</Typography>}
        {e.flags.includes('over_day') && <Typography variant="body2" sx={{ color: 'warning.main' }}>{t('entry.over')}</Typography>}
      </Box>
      <Box sx={{ textAlign: 'end', order: { xs: 1, sm: 3 }, minWidth: { xs: 56, sm: 104 } }}>
        <Typography sx={{ fontWeight: 620 }}><Duration seconds={e.seconds} /></Typography>
        {rounded(e) && <Typography variant="body2" sx={{ color: 'text.secondary', whiteSpace: 'nowrap' }}>{t('entry.billedAs', { time: formatDuration(e.billed_seconds) })}</Typography>}
        {span(e) && <Typography variant="body2" sx={{ color: 'text.secondary', whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' }}>{span(e)}</Typography>}
      </Box>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, order: 2, width: { xs: '100%', sm: 'auto' } }}>
        {e.state !== 'draft' && <StatusChip label={t(`state.${e.state}`)} tone={tones[e.state]} />}
        {!e.billable && <StatusChip label={t('entry.notBillable')} />}
        {e.no_rate && <StatusChip label={t('entry.noRate')} tone="warning" />}
        <Box sx={{ flex: 1 }} />
        {(e.rate || e.no_rate) && <Why entry={e} what={what} />}
        <IconButton size="small" aria-label={t('entry.again', { what })} onClick={() => void again()}><PlayIcon fontSize="small" /></IconButton>
        {e.editable && (
          <>
            <IconButton size="small" aria-label={t('entry.change', { what })} onClick={onEdit}><EditIcon fontSize="small" /></IconButton>
            <IconButton size="small" aria-label={t('entry.delete', { what })} onClick={() => void del()}><DeleteIcon fontSize="small" /></IconButton>
          </>
        )}
      </Box>
    </Box>
  );
}

/** A button that says which rate an entry has, and why. */
function Why({ entry, what }: { entry: TimeEntryView; what: string }) {
  const t = useT();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  return (
    <>
      <IconButton size="small" aria-label={t('entry.rate', { what })} aria-haspopup="dialog" onClick={(x) => setAnchor(x.currentTarget)}><InfoIcon fontSize="small" /></IconButton>
      {anchor && <WhyRate entry={entry} anchor={anchor} onClose={() => setAnchor(null)} />}
    </>
  );
}
