import { DndContext, DragOverlay, KeyboardSensor, MouseSensor, TouchSensor, closestCorners, useDroppable, useSensor, useSensors, type Announcements, type DragEndEvent, type DragOverEvent } from '@dnd-kit/core';
import { SortableContext, sortableKeyboardCoordinates, useSortable, verticalListSortingStrategy } from '@dnd-kit/sortable';
import { CSS } from '@dnd-kit/utilities';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Divider from '@mui/material/Divider';
import IconButton from '@mui/material/IconButton';
import LinearProgress from '@mui/material/LinearProgress';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import ListSubheader from '@mui/material/ListSubheader';
import OutlinedInput from '@mui/material/OutlinedInput';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import AddIcon from '@mui/icons-material/AddRounded';
import ChecklistIcon from '@mui/icons-material/ChecklistRounded';
import CommentIcon from '@mui/icons-material/ChatBubbleOutlineRounded';
import MoveIcon from '@mui/icons-material/MoreVertRounded';
import TreeIcon from '@mui/icons-material/AccountTreeOutlined';
import { useMemo, useState } from 'react';
import { problemText } from '../../../shared/api/problem';
import { formatDuration } from '../../../shared/lib/duration';
import { useCan } from '../../../shared/lib/me';
import { PersonAvatar } from '../../../shared/ui/small';
import { ErrorState, SkeletonPage } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { boardOf, useMoveTaskMutation, useNames, useProjectTasksQuery, useTasksCreateMutation, type ColumnView, type ProjectView, type TaskView } from '../api';
import { useT } from '../locales/en';
import { targetAt, type Target } from '../model';
import { DueMark, PriorityMark } from './parts';

type Order = Record<string, string[]>;
type BoardProps = { project: ProjectView; onOpen: (id: string) => void };

/** The project's tasks as cards in its own columns; sub-tasks are shown in their task. */
export function Board({ project, onOpen }: BoardProps) {
  const { data, error, refetch } = useProjectTasksQuery(boardOf(project.id));
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonPage />;
  return <Columns project={project} tasks={data} onOpen={onOpen} />;
}

function orderOf(columns: ColumnView[], tasks: TaskView[]): Order {
  const order: Order = Object.fromEntries(columns.map((c) => [c.id, []]));
  for (const t of tasks) if (!t.parent_id) order[t.column_id]?.push(t.id);
  return order;
}

function useMoves(project: ProjectView) {
  const t = useT();
  const [move] = useMoveTaskMutation();
  return (id: string, to: Target) => move({ id, projectId: project.id, ...to }).unwrap().catch((e: unknown) => toast(t('board.failed', { why: problemText(e) }), { tone: 'error' }));
}

function Columns({ project, tasks, onOpen }: BoardProps & { tasks: TaskView[] }) {
  const t = useT();
  const can = useCan();
  const move = useMoves(project);
  const may = can('projects.tasks.write') && project.state !== 'archived';
  const still = useMemo(() => orderOf(project.columns, tasks), [project.columns, tasks]);
  // While a card is in the air its column is only a guess; the server is asked when it lands.
  const [air, setAir] = useState<{ id: string; order: Order } | null>(null);
  const order = air?.order ?? still;
  const byId = useMemo(() => new Map(tasks.map((x) => [x.id, x])), [tasks]);
  const sensors = useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: 4 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 220, tolerance: 6 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates, keyboardCodes: { start: ['Space'], cancel: ['Escape'], end: ['Space', 'Enter'] } }),
  );
  const columnOf = (id: string) => (id in order ? id : Object.keys(order).find((c) => order[c]?.includes(id)));

  const over = ({ active, over: o }: DragOverEvent) => {
    const id = String(active.id);
    const from = columnOf(id);
    const to = o ? columnOf(String(o.id)) : undefined;
    if (!o || !from || !to || from === to) return;
    const target = order[to] ?? [];
    const at = target.indexOf(String(o.id));
    const next = [...target];
    next.splice(at < 0 ? next.length : at, 0, id);
    setAir({ id, order: { ...order, [from]: (order[from] ?? []).filter((x) => x !== id), [to]: next } });
  };
  const end = ({ active, over: o }: DragEndEvent) => {
    const id = String(active.id);
    const to = o ? columnOf(String(o.id)) : undefined;
    if (o && to) {
      const ids = order[to] ?? [];
      const at = o.id in order ? ids.indexOf(id) : ids.indexOf(String(o.id));
      const target = targetAt(ids, id, at, to);
      if (byId.get(id)?.column_id !== to || still[to]?.indexOf(id) !== at) void move(id, target);
    }
    setAir(null);
  };

  const name = (id: string | number) => byId.get(String(id))?.name ?? '';
  const place = (id: string | number, overId: string | number | undefined) => {
    const c = columnOf(String(overId ?? id));
    const column = project.columns.find((x) => x.id === c);
    const ids = (c && order[c]) || [];
    return { name: name(id), column: column?.name ?? '', place: Math.max(1, ids.indexOf(String(overId ?? id)) + 1), count: Math.max(1, ids.length) };
  };
  const announcements: Announcements = {
    onDragStart: ({ active }) => t('board.picked', { name: name(active.id) }),
    onDragOver: ({ active, over: o }) => (o ? t('board.over', place(active.id, o.id)) : undefined),
    onDragEnd: ({ active, over: o }) => t('board.dropped', place(active.id, o?.id)),
    onDragCancel: ({ active }) => t('board.cancelled', { name: name(active.id) }),
  };
  const flying = air ? byId.get(air.id) : undefined;
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={closestCorners}
      accessibility={{ announcements, screenReaderInstructions: { draggable: t('board.instructions') } }}
      onDragStart={({ active }) => setAir({ id: String(active.id), order: still })}
      onDragOver={over}
      onDragEnd={end}
      onDragCancel={() => setAir(null)}
    >
      <Box
        role="region"
        tabIndex={0}
        aria-label={t('board.label')}
        sx={{ display: 'flex', gap: 3, overflowX: 'auto', pb: 3, mx: { xs: -4, sm: 0 }, px: { xs: 4, sm: 0 }, alignItems: 'flex-start', scrollPaddingInline: { xs: 16, sm: 0 }, scrollSnapType: { xs: air ? 'none' : 'x mandatory', sm: 'none' } }}
      >
        {project.columns.map((c) => (
          <BoardColumn key={c.id} column={c} project={project} may={may} tasks={(order[c.id] ?? []).flatMap((id) => byId.get(id) ?? [])} onOpen={onOpen} onMove={(id, to) => void move(id, to)} still={still} />
        ))}
      </Box>
      <DragOverlay dropAnimation={null}>{flying && <Paper sx={{ boxShadow: 6, border: 1, borderColor: 'primary.main' }}><Face task={flying} /></Paper>}</DragOverlay>
    </DndContext>
  );
}

type ColumnProps = { column: ColumnView; project: ProjectView; tasks: TaskView[]; may: boolean; onOpen: (id: string) => void; onMove: (id: string, to: Target) => void; still: Order };

function BoardColumn({ column, project, tasks, may, onOpen, onMove, still }: ColumnProps) {
  const t = useT();
  const { setNodeRef, isOver } = useDroppable({ id: column.id, disabled: !may });
  const ids = tasks.map((x) => x.id);
  const limit = column.limit ?? 0;
  const over = limit > 0 && tasks.length > limit;
  return (
    <Box component="section" aria-label={column.name} sx={{ width: { xs: 'calc(100vw - 56px)', sm: 288 }, flexShrink: 0, scrollSnapAlign: 'start', borderRadius: 1, bgcolor: 'action.hover', p: 2 }}>
      <Box sx={{ display: 'flex', alignItems: 'baseline', gap: 2, px: 1, mb: 2, minHeight: 24 }}>
        <Typography component="h2" variant="h3" sx={{ flex: 1, minWidth: 0 }} className="said">{column.name}</Typography>
        <Typography variant="body2" title={over ? t('board.overLimit', { count: tasks.length, limit }) : undefined} sx={{ color: over ? 'error.main' : 'text.secondary', fontWeight: over ? 650 : undefined, fontVariantNumeric: 'tabular-nums' }}>
          {limit > 0 ? t(over ? 'board.overLimit' : 'board.limit', { count: tasks.length, limit }) : tasks.length}
        </Typography>
      </Box>
      <SortableContext items={ids} strategy={verticalListSortingStrategy}>
        <Box ref={setNodeRef} sx={{ display: 'flex', flexDirection: 'column', gap: 2, minHeight: 64, borderRadius: 1, outline: isOver && tasks.length === 0 ? '2px dashed' : 'none', outlineColor: 'divider' }}>
          {tasks.length === 0 && <Typography variant="body2" sx={{ color: 'text.secondary', textAlign: 'center', py: 5 }}>{t('board.empty')}</Typography>}
          {tasks.map((x) => <Card key={x.id} task={x} project={project} may={may} onOpen={onOpen} onMove={onMove} still={still} />)}
        </Box>
      </SortableContext>
      {may && <AddCard column={column} project={project} />}
    </Box>
  );
}

type CardProps = { task: TaskView; project: ProjectView; may: boolean; onOpen: (id: string) => void; onMove: (id: string, to: Target) => void; still: Order };

function Card({ task, project, may, onOpen, onMove, still }: CardProps) {
  const t = useT();
  const { setNodeRef, attributes, listeners, transform, transition, isDragging } = useSortable({ id: task.id, disabled: !may, attributes: { roleDescription: t('board.card') } });
  return (
    <Paper
      ref={setNodeRef}
      variant="outlined"
      style={{ transform: CSS.Translate.toString(transform), transition: transition, opacity: isDragging ? 0.35 : 1 }}
      sx={{ position: 'relative', '&:hover': { borderColor: 'text.secondary' } }}
    >
      <Box
        {...attributes}
        {...listeners}
        aria-disabled={undefined}
        aria-label={t('task.open', { name: task.name })}
        onClick={() => onOpen(task.id)}
        onKeyDown={(e: React.KeyboardEvent<HTMLElement>) => {
          if (e.key === 'Enter' && !isDragging) {
            e.preventDefault();
            onOpen(task.id);
          } else listeners?.onKeyDown?.(e);
        }}
        sx={{ display: 'block', width: '100%', textAlign: 'start', font: 'inherit', borderRadius: 1, cursor: may ? 'grab' : 'pointer', touchAction: 'manipulation', userSelect: 'none', WebkitTouchCallout: 'none' }}
      >
        <Face task={task} />
      </Box>
      {may && <MoveMenu task={task} project={project} onMove={onMove} still={still} />}
    </Paper>
  );
}

function Face({ task }: { task: TaskView }) {
  const t = useT();
  const { names } = useNames();
  const who = names(task.assignee_id);
  const ticked = task.checklist.filter((c) => c.done).length;
  const estimate = task.estimate_seconds ?? 0;
  const marks = task.sub_tasks > 0 || task.checklist.length > 0 || task.comments > 0 || estimate > 0;
  return (
    <Box sx={{ p: 3, pr: 10, minHeight: 56 }}>
      <Typography component="div" className="said" sx={{ fontWeight: 560, color: task.completed_at ? 'text.secondary' : 'text.primary', textDecoration: task.completed_at ? 'line-through' : 'none' }}>{task.name}</Typography>
      {(task.priority !== 'normal' || task.due_on || who) && (
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 3, mt: 2, flexWrap: 'wrap' }}>
          <PriorityMark priority={task.priority} />
          <DueMark task={task} />
          <Box sx={{ flex: 1 }} />
          {who && <Box sx={{ mr: -7 }}><PersonAvatar name={who} size={22} /></Box>}
        </Box>
      )}
      {marks && (
        <Box sx={{ display: 'flex', gap: 3, mt: 2, color: 'text.secondary', fontSize: 12, alignItems: 'center', '& svg': { fontSize: 14, verticalAlign: '-2px', mr: 1 } }}>
          {task.sub_tasks > 0 && <span title={t('board.subTasks', { done: task.sub_tasks_done, total: task.sub_tasks })}><TreeIcon aria-hidden />{task.sub_tasks_done}/{task.sub_tasks}</span>}
          {task.checklist.length > 0 && <span title={t('board.checklist', { done: ticked, total: task.checklist.length })}><ChecklistIcon aria-hidden />{ticked}/{task.checklist.length}</span>}
          {task.comments > 0 && <span title={t('board.comments', { count: task.comments })}><CommentIcon aria-hidden />{task.comments}</span>}
          {estimate > 0 && <Box component="span" sx={{ fontVariantNumeric: 'tabular-nums', color: task.logged_seconds > estimate ? 'error.main' : undefined }}>{formatDuration(task.logged_seconds)} / {formatDuration(estimate)}</Box>}
        </Box>
      )}
      {task.percent_complete > 0 && !task.completed_at && <LinearProgress aria-hidden variant="determinate" value={task.percent_complete} sx={{ height: 3, borderRadius: 1, mt: 2, mr: -7 }} />}
    </Box>
  );
}

/** The way to move a card without dragging. */
function MoveMenu({ task, project, onMove, still }: { task: TaskView; project: ProjectView; onMove: (id: string, to: Target) => void; still: Order }) {
  const t = useT();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const ids = still[task.column_id] ?? [];
  const at = ids.indexOf(task.id);
  const go = (to: Target) => {
    setAnchor(null);
    onMove(task.id, to);
  };
  const within = (index: number) => go(targetAt(ids, task.id, index, task.column_id));
  return (
    <>
      <IconButton size="small" aria-label={t('board.menu', { name: task.name })} aria-haspopup="menu" onClick={(e) => setAnchor(e.currentTarget)} sx={{ position: 'absolute', top: 4, right: 4, minWidth: 32, minHeight: 32, '@media (pointer: coarse)': { minWidth: 40, minHeight: 40, top: 2, right: 0 } }}>
        <MoveIcon fontSize="small" />
      </IconButton>
      {anchor && (
        <Menu open anchorEl={anchor} onClose={() => setAnchor(null)}>
          <ListSubheader role="presentation" sx={{ lineHeight: '32px' }}>{t('board.moveTo')}</ListSubheader>
          {project.columns.map((c) => <MenuItem key={c.id} disabled={c.id === task.column_id} onClick={() => go({ columnId: c.id })}>{c.name}</MenuItem>)}
          <Divider component="li" />
          <MenuItem disabled={at <= 0} onClick={() => within(0)}>{t('board.top')}</MenuItem>
          <MenuItem disabled={at <= 0} onClick={() => within(at - 1)}>{t('board.up')}</MenuItem>
          <MenuItem disabled={at < 0 || at >= ids.length - 1} onClick={() => within(at + 1)}>{t('board.down')}</MenuItem>
        </Menu>
      )}
    </>
  );
}

function AddCard({ column, project }: { column: ColumnView; project: ProjectView }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState('');
  const [create, { isLoading }] = useTasksCreateMutation();
  const save = async () => {
    if (!name.trim()) return;
    try {
      await create({ newTask: { project_id: project.id, column_id: column.id, name: name.trim() } }).unwrap();
      setName('');
    } catch (e) {
      toast.failed(e);
    }
  };
  if (!open) return <Button fullWidth startIcon={<AddIcon />} aria-label={t('board.add', { column: column.name })} onClick={() => setOpen(true)} sx={{ mt: 2, justifyContent: 'flex-start', color: 'text.secondary' }}>{t('board.addShort')}</Button>;
  return (
    <Box component="form" sx={{ mt: 2 }} onSubmit={(e: React.FormEvent) => { e.preventDefault(); void save(); }}>
      <OutlinedInput
        // The field replaces the button that was just pressed.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        fullWidth
        size="small"
        value={name}
        disabled={isLoading}
        placeholder={t('board.addName')}
        inputProps={{ 'aria-label': t('board.add', { column: column.name }), maxLength: 250 }}
        onChange={(e) => setName(e.target.value)}
        onKeyDown={(e) => e.key === 'Escape' && setOpen(false)}
        onBlur={() => !name.trim() && setOpen(false)}
      />
    </Box>
  );
}

