import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { useFeed } from '../../../shared/api/infinite';
import { formatAgo, formatMoment } from '../../../shared/lib/dates';
import { EmptyState, ErrorState, SkeletonRows } from '../../../shared/ui/states';
import { PersonAvatar } from '../../../shared/ui/small';
import { useProjectTimelineFeedInfiniteQuery, type Moment } from '../api';
import { useT } from '../locales/en';

const known = [
  'project_created', 'project_changed', 'project_state_changed', 'project_archived', 'project_restored', 'member_added', 'member_removed', 'task_created', 'task_changed', 'task_moved', 'task_completed',
  'task_reopened', 'task_assigned', 'task_archived', 'task_restored', 'task_deleted', 'comment_added', 'comment_changed', 'comment_deleted', 'budget_reached',
] as const;
const ofFees = ['milestone_accepted', 'acceptance_withdrawn', 'milestone_changes_asked', 'milestone_ready'] as const;

/** What happened, newest first. */
export function Activity({ of, id, bare }: { of: 'projects' | 'tasks'; id: string; bare?: boolean }) {
  const t = useT();
  const { rows, error, onRetry, hasMore, loadingMore, onMore } = useFeed<Moment>(useProjectTimelineFeedInfiniteQuery({ of, id }));
  const body = error !== undefined ? <ErrorState error={error} onRetry={onRetry} /> : !rows ? <SkeletonRows label={t('task.activity')} rows={4} rowHeight={48} /> : rows.length === 0 ? <EmptyState title={t('activity.empty')} /> : (
    <>
      <Box component="ol" sx={{ m: 0, p: 0, listStyle: 'none' }}>
        {rows.map((m) => <Line key={m.id} moment={m} short={of === 'tasks'} />)}
      </Box>
      {hasMore && <Box sx={{ p: 2, textAlign: 'center' }}><Button onClick={onMore} loading={loadingMore}>{t('activity.more')}</Button></Box>}
    </>
  );
  return bare ? body : <Paper variant="outlined">{body}</Paper>;
}

function Line({ moment: m, short }: { moment: Moment; short: boolean }) {
  const t = useT();
  const event = known.find((k) => m.name === `projects.${k}.v1`) ?? ofFees.find((k) => m.name === `fees.${k}.v1`);
  return (
    <Box component="li" sx={{ display: 'flex', gap: 3, px: short ? 0 : 4, py: 2.5, borderBottom: 1, borderColor: 'divider', '&:last-of-type': { borderBottom: 0 } }}>
      <PersonAvatar name={m.actor_name || '?'} size={24} />
      <Typography variant="body2" sx={{ flex: 1, minWidth: 0 }} className="said">
        <b>{m.actor_name}</b> {t(event ? `event.${event}` : 'event.other')} {!short && m.entity !== 'project' && <span>“{m.label}”</span>}
      </Typography>
      <Typography variant="caption" component="time" dateTime={m.happened_at} title={formatMoment(m.happened_at)} sx={{ color: 'text.secondary', whiteSpace: 'nowrap' }}>{formatAgo(m.happened_at)}</Typography>
    </Box>
  );
}
