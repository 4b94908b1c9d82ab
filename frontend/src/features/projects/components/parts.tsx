import Box from '@mui/material/Box';
import ArrowUp from '@mui/icons-material/KeyboardArrowUpRounded';
import ArrowDown from '@mui/icons-material/KeyboardArrowDownRounded';
import DoubleUp from '@mui/icons-material/KeyboardDoubleArrowUpRounded';
import Typography from '@mui/material/Typography';
import { formatHours } from '../../../shared/lib/duration';
import { formatDayShort, today } from '../../../shared/lib/dates';
import { useMe } from '../../../shared/lib/me';
import { BudgetBar, StatusChip, type Tone } from '../../../shared/ui/small';
import type { ProjectView, TaskView } from '../api';
import { useT } from '../locales/en';
import { hue } from '../model';

const tones: Record<ProjectView['state'], Tone> = { planned: 'neutral', active: 'brand', on_hold: 'warning', completed: 'success', archived: 'neutral' };

export function ProjectState({ state }: { state: ProjectView['state'] }) {
  const t = useT();
  return <StatusChip label={t(`state.${state}`)} tone={tones[state]} />;
}

/** A dot in the project's colour; its name stands beside it. */
export function Dot({ colour, size = 10 }: { colour: string; size?: number }) {
  return <Box component="span" aria-hidden sx={{ display: 'inline-block', width: size, height: size, borderRadius: '3px', bgcolor: hue(colour), flexShrink: 0 }} />;
}


/** Used, left and percent of the hours; what was logged where there is no budget. */
export function HoursBar({ project }: { project: ProjectView }) {
  const t = useT();
  const { budget } = project;
  if (budget.hours === null) return <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('noBudget', { used: formatHours(budget.used_seconds) })}</Typography>;
  return <BudgetBar label={t('budgetOf', { name: project.name })} used={budget.used_seconds} total={Number(budget.hours) * 3600} format={formatHours} />;
}

/** The worst of a project's budgets, once it is near its end. */
export function BudgetState({ project: { budget } }: { project: ProjectView }) {
  const t = useT();
  if (budget.stopped) return <StatusChip label={t('budget.usedUp')} tone="danger" />;
  if (budget.level >= 100) return <StatusChip label={t('budget.over')} tone="danger" />;
  return budget.level >= 75 ? <StatusChip label={t('budget.near', { level: budget.level })} tone="warning" /> : null;
}

const icons = { low: ArrowDown, normal: null, high: ArrowUp, urgent: DoubleUp };
const colours = { low: 'text.secondary', normal: 'text.secondary', high: 'warning.main', urgent: 'error.main' };

/** Nothing for the normal priority; an arrow and the word for the others. */
export function PriorityMark({ priority, word }: { priority: TaskView['priority']; word?: boolean }) {
  const t = useT();
  const Icon = icons[priority];
  if (!Icon) return word ? <span>{t('priority.normal')}</span> : null;
  const text = t(`priority.${priority}`);
  return (
    <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.5, color: colours[priority], fontSize: 12, fontWeight: 560 }}>
      <Icon sx={{ fontSize: 16 }} aria-hidden />
      {text}
    </Box>
  );
}

/** A due date; red once it has passed and the task is open. */
export function DueMark({ task }: { task: Pick<TaskView, 'due_on' | 'completed_at'> }) {
  const t = useT();
  const me = useMe();
  if (!task.due_on) return null;
  const late = !task.completed_at && task.due_on < today(me?.agency.time_zone);
  return <Box component="span" sx={{ color: late ? 'error.main' : 'text.secondary', fontWeight: late ? 600 : undefined, fontSize: 12, whiteSpace: 'nowrap' }}>{t('due', { day: formatDayShort(task.due_on) })}</Box>;
}
