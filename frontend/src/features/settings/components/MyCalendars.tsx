import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useEffect, useRef, useState } from 'react';
import { useLocation } from 'react-router';
import { useCalendarFeedsListQuery, useCalendarFeedsRefreshMutation, useCalendarFeedsRemoveMutation, type CalendarFeedView } from '../../../shared/api/gen/time.gen';
import { formatAgo } from '../../../shared/lib/dates';
import { ConfirmDialog } from '../../../shared/ui/dialogs';
import { later } from '../../../shared/ui/later';
import { StatusChip } from '../../../shared/ui/small';
import { ErrorState, Section } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locale';

const CalendarDialog = later(async () => (await import('./CalendarDialog')).CalendarDialog);

const most = 5;

/** The calendars whose events are suggested to me. */
export function MyCalendars() {
  const t = useT();
  const list = useCalendarFeedsListQuery();
  const [remove] = useCalendarFeedsRemoveMutation();
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<CalendarFeedView | null>(null);
  const feeds = list.data?.items ?? [];
  const here = useRef<HTMLDivElement>(null);
  const { hash } = useLocation();
  const ready = list.data !== undefined;
  useEffect(() => {
    if (ready && hash === '#calendars') here.current?.scrollIntoView();
  }, [ready, hash]);
  return (
    <Box id="calendars" ref={here} sx={{ scrollMarginTop: 80 }}>
      <Section title={t('profile.calendars.title')}>
        <Typography sx={{ color: 'text.secondary', mb: 3 }}>{t('profile.calendars.text')}</Typography>
        {list.error && !ready ? (
          <ErrorState error={list.error} onRetry={() => void list.refetch()} />
        ) : (
          <>
            {ready && feeds.length === 0 && <Typography sx={{ mb: 3 }}>{t('profile.calendars.none')}</Typography>}
            {feeds.length > 0 && (
              <Box component="ul" aria-label={t('profile.calendars.title')} sx={{ m: 0, mb: 3, p: 0, listStyle: 'none', '& > li': { borderBottom: 1, borderColor: 'divider' } }}>
                {feeds.map((f) => <Feed key={f.id} feed={f} onRemove={() => setLeaving(f)} />)}
              </Box>
            )}
            {ready && feeds.length < most && <Button variant="outlined" onClick={() => setAdding(true)}>{t('profile.calendars.add')}</Button>}
          </>
        )}
      </Section>
      {adding && <CalendarDialog onClose={() => setAdding(false)} />}
      <ConfirmDialog
        open={leaving !== null}
        title={t('profile.calendars.removeTitle', { name: leaving ? nameOf(leaving) : '' })}
        text={t('profile.calendars.removeText')}
        confirmLabel={t('profile.calendars.remove')}
        danger
        onClose={() => setLeaving(null)}
        onConfirm={async () => {
          if (!leaving) return;
          await remove({ id: leaving.id }).unwrap();
          toast(t('profile.calendars.removed'));
        }}
      />
    </Box>
  );
}

const nameOf = (f: CalendarFeedView): string => f.name || f.host;

function Feed({ feed: f, onRemove }: { feed: CalendarFeedView; onRemove: () => void }) {
  const t = useT();
  const [refresh, refreshing] = useCalendarFeedsRefreshMutation();
  const again = async () => {
    try {
      const now = await refresh({ id: f.id }).unwrap();
      toast(now.problem || t('profile.calendars.refreshed'), { tone: now.problem ? 'error' : 'info' });
    } catch (e) {
      toast.failed(e);
    }
  };
  const how = [
    t('profile.calendars.events', { count: f.events }),
    f.skipped > 0 && t('profile.calendars.skipped', { count: f.skipped }),
    t(f.problem ? 'profile.calendars.tried' : 'profile.calendars.fetched', { ago: formatAgo(f.fetched_at) }),
  ];
  return (
    <Box component="li" sx={{ display: 'flex', flexWrap: { xs: 'wrap', sm: 'nowrap' }, alignItems: 'center', columnGap: 3, rowGap: 1, py: 2, minHeight: 64 }}>
      <Box sx={{ flex: 1, minWidth: 0, flexBasis: { xs: '100%', sm: 0 } }}>
        <Box sx={{ display: 'flex', gap: 2, alignItems: 'center', minWidth: 0 }}>
          <Typography noWrap sx={{ fontWeight: 560 }}>{nameOf(f)}</Typography>
          {f.problem && <StatusChip label={t('profile.calendars.failing')} tone="warning" />}
        </Box>
        <Typography variant="body2" className="said" sx={{ color: 'text.secondary' }}>{[f.name && f.host, ...how].filter(Boolean).join(' · ')}</Typography>
        {f.problem && <Typography variant="body2" sx={{ color: 'error.main' }}>{f.problem}</Typography>}
      </Box>
      <Button size="small" loading={refreshing.isLoading} aria-label={t('profile.calendars.refreshOne', { name: nameOf(f) })} onClick={() => void again()}>{t('profile.calendars.refresh')}</Button>
      <Button size="small" color="error" aria-label={t('profile.calendars.removeOne', { name: nameOf(f) })} onClick={onRemove}>{t('profile.calendars.remove')}</Button>
    </Box>
  );
}
