import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import Checkbox from '@mui/material/Checkbox';
import IconButton from '@mui/material/IconButton';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import PlayIcon from '@mui/icons-material/PlayArrowRounded';
import { lazy, Suspense, useMemo } from 'react';
import { today } from '../../../shared/lib/dates';
import { useParam } from '../../../shared/lib/hooks';
import { useCan, useMe } from '../../../shared/lib/me';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { EmptyState, ErrorState, SkeletonRows } from '../../../shared/ui/states';
import { Duration } from '../../../shared/ui/small';
import { toast } from '../../../shared/ui/Toast';
import { useCompleteTasksMutation, useProjectTasksQuery, useStartTimerMutation, type TaskView } from '../api';
import { Dot, DueMark, PriorityMark } from '../components/parts';
import { useT } from '../locales/en';
import { dueGroup, dueGroups } from '../model';

const TaskDrawer = lazy(async () => ({ default: (await import('../components/TaskDrawer')).TaskDrawer }));

/** What is waiting for whoever is signed in, across projects, the most pressing first. */
export function MyTasksPage() {
  const t = useT();
  const me = useMe();
  const { data, error, refetch } = useProjectTasksQuery({ assignee_id: 'me', state: 'open', sort: 'due_on' });
  const [open, setOpen] = useParam('task');
  const day = today(me?.agency.time_zone);
  const groups = useMemo(() => dueGroups.map((g) => ({ group: g, tasks: (data ?? []).filter((x) => dueGroup(x.due_on, day) === g) })).filter((g) => g.tasks.length > 0), [data, day]);
  return (
    <>
      <PageHeader title={t('my.title')} />
      {error && !data ? <Paper variant="outlined"><ErrorState error={error} onRetry={() => void refetch()} /></Paper> : !data ? <Paper variant="outlined"><SkeletonRows label={t('my.title')} rowHeight={56} /></Paper> : null}
      {data && groups.length === 0 && <Paper variant="outlined"><EmptyState title={t('my.empty')} text={t('my.emptyText')} /></Paper>}
      {groups.map(({ group, tasks }) => (
        <Box component="section" key={group} aria-labelledby={`due-${group}`} sx={{ mb: 5 }}>
          <Typography component="h2" variant="h3" id={`due-${group}`} sx={{ mb: 2, color: group === 'overdue' ? 'error.main' : undefined }}>{t(`my.${group}`)} <Box component="span" sx={{ color: 'text.secondary', fontWeight: 400 }}>{tasks.length}</Box></Typography>
          <Paper variant="outlined" component="ul" sx={{ m: 0, p: 0, listStyle: 'none' }}>
            {tasks.map((x) => <MyTask key={x.id} task={x} onOpen={setOpen} />)}
          </Paper>
        </Box>
      ))}
      {open && <Suspense fallback={null}><TaskDrawer key={open} id={open} onClose={() => setOpen('')} onOpen={setOpen} /></Suspense>}
    </>
  );
}

function MyTask({ task, onOpen }: { task: TaskView; onOpen: (id: string) => void }) {
  const t = useT();
  const can = useCan();
  const [complete, { isLoading }] = useCompleteTasksMutation();
  const [start] = useStartTimerMutation();
  const finish = async () => {
    try {
      await complete({ ids: [task.id], done: true }).unwrap();
      toast(t('my.done', { name: task.name }), { undo: () => void complete({ ids: [task.id], done: false }).unwrap().catch(toast.failed) });
    } catch (e) {
      toast.failed(e);
    }
  };
  const run = async () => {
    try {
      await start({ projectId: task.project_id, taskId: task.id }).unwrap();
      toast(t('task.timerRuns', { name: task.name }));
    } catch (e) {
      toast.failed(e);
    }
  };
  return (
    <Box component="li" sx={{ display: 'flex', alignItems: 'center', gap: 1, pl: 1, pr: 2, borderBottom: 1, borderColor: 'divider', '&:last-of-type': { borderBottom: 0 }, '&:hover': { bgcolor: 'action.hover' } }}>
      <Checkbox checked={false} disabled={isLoading || !can('projects.tasks.write')} onChange={() => void finish()} slotProps={{ input: { 'aria-label': `${t('task.complete')}: ${task.name}` } }} />
      <ButtonBase onClick={() => onOpen(task.id)} sx={{ flex: 1, minWidth: 0, minHeight: 56, py: 2, display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) auto', columnGap: 3, rowGap: 0.5, textAlign: 'start', font: 'inherit', alignItems: 'center', borderRadius: 1 }}>
        <Box className="said" sx={{ fontWeight: 560 }}>{task.name}</Box>
        <Box sx={{ textAlign: 'end' }}><DueMark task={task} /></Box>
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 2, color: 'text.secondary', fontSize: 12, minWidth: 0 }}>
          <Dot colour={task.project.colour} size={8} />
          <Box component="span" sx={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{task.project.code} · {task.project.name}</Box>
          <PriorityMark priority={task.priority} />
        </Box>
        <Box sx={{ fontSize: 12, color: 'text.secondary', textAlign: 'end' }}>{task.estimate_seconds !== null && <><Duration seconds={task.logged_seconds} /> / <Duration seconds={task.estimate_seconds} /></>}</Box>
      </ButtonBase>
      {can('timesheets.entries.write') && <IconButton aria-label={`${t('task.startTimer')}: ${task.name}`} onClick={() => void run()}><PlayIcon /></IconButton>}
    </Box>
  );
}
