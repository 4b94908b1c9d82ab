import Box from '@mui/material/Box';
import { formatDayShort, today, type Day } from '../../../shared/lib/dates';
import { CardRow } from '../../../shared/ui/CardRow';
import { useStartTasksQuery } from '../api';
import { useT } from '../locales/en';
import { Panel } from './Panel';

export function Tasks({ zone }: { zone: string }) {
  const t = useT();
  const query = useStartTasksQuery();
  const now = today(zone);
  return (
    <Panel
      title={t('tasks.title')}
      all={{ to: '/tasks', label: t('tasks.all') }}
      query={query}
      empty={{ title: t('tasks.empty'), text: t('tasks.emptyText') }}
      getId={(x) => x.id}
      href={(x) => `/projects/${x.project.id}?task=${x.id}`}
      draw={(x) => <CardRow title={x.name} end={<Due day={x.due_on} now={now} />} sub={`${x.project.code} · ${x.project.name}`} state={x.column_name} />}
    />
  );
}

function Due({ day, now }: { day: Day | null; now: Day }) {
  const t = useT();
  if (!day) return null;
  const late = day < now;
  const text = late ? t('tasks.overdue', { day: formatDayShort(day) }) : day === now ? t('tasks.today') : t('tasks.due', { day: formatDayShort(day) });
  return <Box component="span" sx={{ fontSize: 13, fontWeight: 400, color: late ? 'error.main' : 'text.secondary' }}>{text}</Box>;
}
