import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import NativeSelect from '@mui/material/NativeSelect';
import InputBase from '@mui/material/InputBase';
import Typography from '@mui/material/Typography';
import { useMemo, useState } from 'react';
import { useKey, useParam } from '../../../shared/lib/hooks';
import { useCan } from '../../../shared/lib/me';
import { CardRow, DataTable, type Column, type Sort } from '../../../shared/ui/DataTable';
import { Duration } from '../../../shared/ui/small';
import { SearchField } from '../../../shared/ui/filters';
import { EmptyState, ErrorState, NoResults, SkeletonRows } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { boardOf, useCompleteTasksMutation, useNames, useProjectTasksQuery, useSaveTaskMutation, useTasksCreateMutation, type ProjectView, type TaskChange, type TaskView } from '../api';
import { useT } from '../locales/en';
import { DueMark, PriorityMark } from './parts';

const priorities = ['urgent', 'high', 'normal', 'low'] as const;
const compare: Record<string, (a: TaskView, b: TaskView) => number> = {
  name: (a, b) => a.name.localeCompare(b.name),
  due_on: (a, b) => (a.due_on ?? '9999').localeCompare(b.due_on ?? '9999'),
  priority: (a, b) => priorities.indexOf(a.priority) - priorities.indexOf(b.priority),
  estimate: (a, b) => (a.estimate_seconds ?? 0) - (b.estimate_seconds ?? 0),
  logged: (a, b) => a.logged_seconds - b.logged_seconds,
};

/** The project's tasks as tables, one for each column of the board; edited where they stand. */
export function ListTab({ project, onOpen }: { project: ProjectView; onOpen: (id: string) => void }) {
  const t = useT();
  const can = useCan();
  const { data, error, refetch } = useProjectTasksQuery(boardOf(project.id));
  const [q, setQ] = useParam('tasks');
  const [hideDone, setHideDone] = useParam('open');
  const [sort, setSort] = useState<Sort | undefined>();
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const may = can('projects.tasks.write') && project.state !== 'archived';
  const columns = useColumns(may);
  const groups = useMemo(() => {
    const needle = q.toLowerCase();
    const rows = (data ?? []).filter((x) => (needle === '' || x.name.toLowerCase().includes(needle)) && (hideDone !== '1' || !x.completed_at));
    const by = sort && compare[sort.key];
    if (by) rows.sort((a, b) => (sort.desc ? by(b, a) : by(a, b)));
    return project.columns.map((c) => ({ column: c, rows: rows.filter((x) => x.column_id === c.id) })).filter((g) => g.rows.length > 0);
  }, [data, q, hideDone, sort, project.columns]);
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonRows label={t('tabs.list')} />;
  return (
    <>
      <Box sx={{ display: 'flex', gap: 3, flexWrap: 'wrap', alignItems: 'center', mb: 3 }}>
        <SearchField value={q} onChange={setQ} label={t('searchTasks')} />
        <FormControlLabel control={<Checkbox size="small" checked={hideDone === '1'} onChange={(_, on) => setHideDone(on ? '1' : '')} />} label={t('task.hideDone')} />
        <Box sx={{ flex: 1 }} />
        {may && <CompleteMany picked={picked} tasks={data} onDone={() => setPicked(new Set())} />}
      </Box>
      {may && <QuickAdd project={project} />}
      {groups.length === 0 && (q || hideDone ? <NoResults onClear={() => { setQ(''); setHideDone(''); }} /> : <EmptyState title={t('task.empty')} text={t('task.emptyText')} />)}
      {groups.map(({ column, rows }) => (
        <Box component="section" key={column.id} aria-label={column.name} sx={{ mb: 5 }}>
          <Typography component="h2" variant="h3" sx={{ mb: 2 }}>{column.name} <Box component="span" sx={{ color: 'text.secondary', fontWeight: 400 }}>{rows.length}</Box></Typography>
          <DataTable
            label={t('task.group', { name: column.name, count: rows.length })}
            rows={rows}
            columns={columns}
            getId={(x) => x.id}
            nameOf={(x) => x.name}
            onOpen={(x) => onOpen(x.id)}
            sort={sort}
            onSort={setSort}
            selection={may ? { ids: picked, onChange: setPicked } : undefined}
            card={taskCard}
            empty={null}
          />
        </Box>
      ))}
    </>
  );
}

function TaskCard({ task }: { task: TaskView }) {
  const { names } = useNames();
  return <CardRow title={task.name} end={<Duration seconds={task.logged_seconds || task.estimate_seconds} />} sub={names(task.assignee_id) || <PriorityMark priority={task.priority} />} state={<DueMark task={task} />} />;
}

const taskCard = (x: TaskView) => <TaskCard task={x} />;

function CompleteMany({ picked, tasks, onDone }: { picked: ReadonlySet<string>; tasks: TaskView[]; onDone: () => void }) {
  const t = useT();
  const [complete, { isLoading }] = useCompleteTasksMutation();
  const ids = tasks.filter((x) => picked.has(x.id) && !x.completed_at).map((x) => x.id).slice(0, 100);
  if (ids.length === 0) return null;
  const run = async () => {
    try {
      await complete({ ids, done: true }).unwrap();
      onDone();
      toast(t('task.doneMany', { count: ids.length }), { undo: () => void complete({ ids, done: false }).unwrap().catch(toast.failed) });
    } catch (e) {
      toast.failed(e);
    }
  };
  return <Button variant="contained" loading={isLoading} onClick={() => void run()}>{t('task.completeMany', { count: ids.length })}</Button>;
}

function QuickAdd({ project }: { project: ProjectView }) {
  const t = useT();
  const [name, setName] = useState('');
  const [input, setInput] = useState<HTMLInputElement | null>(null);
  const [create, { isLoading }] = useTasksCreateMutation();
  useKey('c', () => input?.focus());
  const save = async () => {
    if (!name.trim()) return;
    try {
      await create({ newTask: { project_id: project.id, name: name.trim() } }).unwrap();
      setName('');
      input?.focus();
    } catch (e) {
      toast.failed(e);
    }
  };
  return (
    <Box component="form" onSubmit={(e: React.FormEvent) => { e.preventDefault(); void save(); }} sx={{ mb: 4, display: 'flex', gap: 2 }}>
      <InputBase inputRef={setInput} fullWidth value={name} disabled={isLoading} onChange={(e) => setName(e.target.value)} placeholder={t('board.addName')} inputProps={{ 'aria-label': t('task.new'), maxLength: 250 }} sx={{ border: 1, borderColor: 'divider', borderRadius: 1, px: 3, minHeight: 40, bgcolor: 'background.paper' }} />
      <Button type="submit" variant="outlined" loading={isLoading} disabled={!name.trim()}>{t('board.addShort')}</Button>
    </Box>
  );
}

const quiet = { fontSize: 13, width: '100%', '& select, & input': { py: 0.5, fontSize: 13 }, '&::before': { borderBottomColor: 'transparent !important' } } as const;

function useColumns(may: boolean): Column<TaskView>[] {
  const t = useT();
  const { names, members } = useNames();
  const [save] = useSaveTaskMutation();
  return useMemo(() => {
    const change = (task: TaskView, c: TaskChange) => void save({ task, change: c }).unwrap().catch(toast.failed);
    const assignee = (x: TaskView) => may ? (
      <NativeSelect value={x.assignee_id ?? ''} inputProps={{ 'aria-label': t('task.assigneeOf', { name: x.name }) }} onChange={(e) => change(x, { assignee_id: e.target.value })} sx={quiet}>
        <option value="">{t('task.nobody')}</option>
        {members.filter((m) => m.state === 'active' || m.id === x.assignee_id).map((m) => <option key={m.id} value={m.id}>{m.name}</option>)}
      </NativeSelect>
    ) : names(x.assignee_id);
    const due = (x: TaskView) => may ? (
      <InputBase key={x.due_on} type="date" defaultValue={x.due_on ?? ''} inputProps={{ 'aria-label': t('task.dueOf', { name: x.name }) }} onBlur={(e) => e.target.value !== (x.due_on ?? '') && change(x, { due_on: e.target.value })} sx={quiet} />
    ) : <DueMark task={x} />;
    return [
      { key: 'name', header: t('task.name'), width: 'minmax(180px, 3fr)', sortable: true, cell: (x) => <>{x.parent_id && <Box component="span" aria-hidden sx={{ color: 'text.secondary', mr: 2 }}>└</Box>}{x.name}</> },
      { key: 'assignee', header: t('task.assignee'), width: '160px', cell: assignee },
      { key: 'priority', header: t('priority.label'), width: '96px', sortable: true, from: 'md', cell: (x) => <PriorityMark priority={x.priority} word /> },
      { key: 'due_on', header: t('task.due'), width: '156px', sortable: true, cell: due },
      { key: 'estimate', header: t('task.estimate'), width: '96px', numeric: true, sortable: true, from: 'md', cell: (x) => <Duration seconds={x.estimate_seconds} /> },
      { key: 'logged', header: t('task.logged'), width: '88px', numeric: true, sortable: true, from: 'md', cell: (x) => <Box component="span" sx={{ color: x.estimate_seconds && x.logged_seconds > x.estimate_seconds ? 'error.main' : undefined }}><Duration seconds={x.logged_seconds} /></Box> },
      { key: 'percent', header: '%', width: '64px', numeric: true, from: 'lg', cell: (x) => x.percent_complete },
    ];
  }, [t, names, members, save, may]);
}
