import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useRetainerPeriodsMakeTasksMutation, useRetainersTasksQuery, type RetainerTask, type RetainerView } from '../../../shared/api/gen/retainers.gen';
import { formatDay } from '../../../shared/lib/dates';
import { formatDuration } from '../../../shared/lib/duration';
import { useCan } from '../../../shared/lib/me';
import { later } from '../../../shared/ui/later';
import { ErrorState, Section, SkeletonRows } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useMembers } from '../members';
import { useT } from '../locales/en';

const TasksDialog = later(async () => (await import('./TasksDialog')).TasksDialog);

/** What each period brings to do, and what became of it in the last ones. */
export function Tasks({ retainer: r }: { retainer: RetainerView }) {
  const t = useT();
  const writes = useCan()('retainers.retainers.write');
  const { data: plan, error, refetch } = useRetainersTasksQuery({ id: r.id });
  const { nameOf } = useMembers();
  const [make, making] = useRetainerPeriodsMakeTasksMutation();
  const [editing, setEditing] = useState(false);
  const again = async (id: string) => {
    try {
      await make({ id }).unwrap();
      toast(t('tasks.done'));
    } catch (e) {
      toast.failed(e);
    }
  };
  const about = (x: RetainerTask) => [x.due_day && t('tasks.dueIs', { day: x.due_day }), x.assignee_id && nameOf(x.assignee_id), x.estimate_seconds && `${formatDuration(x.estimate_seconds)} h`].filter(Boolean).join(' · ');
  const last = plan?.made[0];
  return (
    <Section title={t('tasks.title')} action={writes && plan && <Button size="small" onClick={() => setEditing(true)}>{t('tasks.change')}</Button>}>
      {error && !plan ? <ErrorState error={error} onRetry={() => void refetch()} /> : !plan ? <SkeletonRows label={t('tasks.title')} rows={2} /> : (
        <Box sx={{ display: 'grid', gap: 3 }}>
          {plan.items.length === 0 ? <Typography sx={{ color: 'text.secondary' }}>{t('tasks.none')}</Typography> : (
            <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 2 }}>
              {plan.items.map((x, n) => (
                <Box component="li" key={n} sx={{ overflowWrap: 'anywhere' }}>
                  {x.name}
                  <Typography variant="body2" sx={{ color: 'text.secondary' }}>{about(x)}</Typography>
                </Box>
              ))}
            </Box>
          )}
          {last?.note && (
            <Alert severity="warning" action={writes && <Button size="small" color="inherit" loading={making.isLoading} onClick={() => void again(last.period_id)}>{t('tasks.again')}</Button>}>
              {t('tasks.not', { day: formatDay(last.from_on), why: last.note })}
            </Alert>
          )}
          {last && !last.note && <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('tasks.made', { count: last.task_ids.length, day: formatDay(last.from_on) })}</Typography>}
        </Box>
      )}
      {editing && plan && <TasksDialog retainer={r} plan={plan} onClose={() => setEditing(false)} />}
    </Section>
  );
}
