import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import Drawer from '@mui/material/Drawer';
import IconButton from '@mui/material/IconButton';
import InputBase from '@mui/material/InputBase';
import Link from '@mui/material/Link';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import FormControlLabel from '@mui/material/FormControlLabel';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import CloseIcon from '@mui/icons-material/CloseRounded';
import MoreIcon from '@mui/icons-material/MoreHorizRounded';
import PlayIcon from '@mui/icons-material/PlayArrowRounded';
import DeleteIcon from '@mui/icons-material/CloseRounded';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { Link as RouterLink } from 'react-router';
import { codeOf } from '../../../shared/api/problem';
import { useServices } from '../../../shared/api/services';
import { formatDuration, parseDuration } from '../../../shared/lib/duration';
import { useCommon } from '../../../shared/lib/i18n';
import { parseAmount } from '../../../shared/lib/money';
import { useCan } from '../../../shared/lib/me';
import { BillableSwitch } from '../../../shared/ui/BillableSwitch';
import { ConfirmDialog } from '../../../shared/ui/dialogs';
import { Picker } from '../../../shared/ui/fields';
import { ErrorState, SkeletonPage } from '../../../shared/ui/states';
import { TabBar } from '../../../shared/ui/TabBar';
import { toast } from '../../../shared/ui/Toast';
import {
  useCompleteTasksMutation, useNames, useProjectTasksQuery, useProjectsGetQuery, useSaveTaskMutation, useStartTimerMutation, useTasksArchiveMutation, useTasksCreateMutation, useTasksDeleteMutation,
  useTasksGetQuery, useTasksRestoreMutation, useTickItemMutation, type TaskChange, type TaskView,
} from '../api';
import { useT } from '../locales/en';
import { Activity } from './Activity';
import { Comments } from './Comments';
import { Dot } from './parts';

type Props = { id: string; onClose: () => void; onOpen: (id: string) => void };

/** Everything about one task, beside the page; the whole screen on phones. */
export function TaskDrawer({ id, onClose, onOpen }: Props) {
  const t = useT();
  const { data: task, error, refetch } = useTasksGetQuery({ id });
  return (
    <Drawer anchor="right" open onClose={onClose} slotProps={{ paper: { role: 'dialog', 'aria-modal': true, 'aria-label': task?.name ?? t('task.details'), sx: { width: { xs: '100%', sm: 560 }, maxWidth: '100%' } } }}>
      {task ? <Task task={task} onClose={onClose} onOpen={onOpen} /> : (
        <Box sx={{ p: 4 }}>
          <Box sx={{ textAlign: 'end' }}><IconButton aria-label={t('task.close')} onClick={onClose}><CloseIcon /></IconButton></Box>
          {error ? <ErrorState error={error} onRetry={() => void refetch()} title={t('task.missing')} /> : <SkeletonPage />}
        </Box>
      )}
    </Drawer>
  );
}

/** Saves one change of a task at once; a stale one is told and the newer version loaded. */
function useSave(task: TaskView) {
  const common = useCommon();
  const [save] = useSaveTaskMutation();
  const { refetch } = useTasksGetQuery({ id: task.id });
  return (change: TaskChange) => {
    void save({ task, change }).unwrap().catch((e: unknown) => {
      if (codeOf(e) === 'request.stale') {
        toast(common('error.stale'), { tone: 'error' });
        void refetch();
      } else toast.failed(e);
    });
  };
}

type PartProps = { task: TaskView; may: boolean; save: (c: TaskChange) => void };

function Task({ task, onClose, onOpen }: Omit<Props, 'id'> & { task: TaskView }) {
  const t = useT();
  const can = useCan();
  const save = useSave(task);
  const may = can('projects.tasks.write') && !task.archived_at;
  const [tab, setTab] = useState<'comments' | 'activity'>('comments');
  const part = { task, may, save };
  return (
    <>
      <Head task={task} may={may} onClose={onClose} />
      <Box sx={{ px: { xs: 4, sm: 6 }, pb: 12, overflowY: 'auto' }}>
        {task.archived_at && <Alert severity="info" sx={{ mb: 3 }}>{t('task.archivedNow')}</Alert>}
        <Name {...part} />
        <Where task={task} onOpen={onOpen} />
        <Fields {...part} />
        <Effort {...part} />
        <Heading>{t('task.description')}</Heading>
        <LongText value={task.description} label={t('task.description')} placeholder={t('task.addDescription')} disabled={!may} onSave={(description) => save({ description })} />
        <SubTasks {...part} onOpen={onOpen} />
        <Checklist {...part} />
        <Box sx={{ mt: 6 }}>
          <TabBar label={t('task.details')} value={tab} onChange={setTab} tabs={[{ value: 'comments', label: `${t('task.comments')}${task.comments ? ` (${task.comments})` : ''}` }, { value: 'activity', label: t('task.activity') }]} />
          {tab === 'comments' ? <Comments task={task} /> : <Activity of="tasks" id={task.id} bare />}
        </Box>
      </Box>
    </>
  );
}

function Heading({ children }: { children: ReactNode }) {
  return <Typography component="h3" variant="h3" sx={{ mt: 6, mb: 2 }}>{children}</Typography>;
}

function Head({ task, may, onClose }: { task: TaskView; may: boolean; onClose: () => void }) {
  const t = useT();
  const can = useCan();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [deleting, setDeleting] = useState(false);
  const [complete, completing] = useCompleteTasksMutation();
  const [archive] = useTasksArchiveMutation();
  const [restore] = useTasksRestoreMutation();
  const [remove] = useTasksDeleteMutation();
  const [start] = useStartTimerMutation();
  const done = Boolean(task.completed_at);
  const bringBack = () => void restore({ id: task.id }).unwrap().catch(toast.failed);
  const putAway = async () => {
    setAnchor(null);
    try {
      await archive({ id: task.id }).unwrap();
      toast(t('task.archivedToast'), { undo: bringBack });
      onClose();
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
    <Box sx={{ display: 'flex', gap: 2, alignItems: 'center', px: { xs: 4, sm: 6 }, py: 2, borderBottom: 1, borderColor: 'divider', mb: 3, flexShrink: 0 }}>
      {may && <Button variant={done ? 'outlined' : 'contained'} loading={completing.isLoading} onClick={() => void complete({ ids: [task.id], done: !done }).unwrap().catch(toast.failed)}>{done ? t('task.reopen') : t('task.complete')}</Button>}
      {may && !done && can('timesheets.entries.write') && <Button startIcon={<PlayIcon />} onClick={() => void run()}>{t('task.startTimer')}</Button>}
      <Box sx={{ flex: 1 }} />
      {can('projects.tasks.write') && <IconButton aria-label={t('task.menu')} aria-haspopup="menu" onClick={(e) => setAnchor(e.currentTarget)}><MoreIcon /></IconButton>}
      <IconButton aria-label={t('task.close')} onClick={onClose}><CloseIcon /></IconButton>
      <Menu open={anchor !== null} anchorEl={anchor} onClose={() => setAnchor(null)}>
        {task.archived_at ? <MenuItem onClick={() => { setAnchor(null); bringBack(); }}>{t('task.restore')}</MenuItem> : <MenuItem onClick={() => void putAway()}>{t('task.archive')}</MenuItem>}
        <MenuItem disabled={task.logged_seconds > 0} onClick={() => { setAnchor(null); setDeleting(true); }}>{t('task.delete')}</MenuItem>
      </Menu>
      <ConfirmDialog
        open={deleting} danger title={t('task.delete')} text={t('task.deleteText', { name: task.name })} confirmLabel={t('task.delete')} onClose={() => setDeleting(false)}
        onConfirm={async () => {
          await remove({ id: task.id }).unwrap();
          toast(t('task.deleted'));
          onClose();
        }}
      />
    </Box>
  );
}

function Name({ task, may, save }: PartProps) {
  const t = useT();
  const [text, setText] = useState(task.name);
  useEffect(() => setText(task.name), [task.name]);
  return (
    <>
      <Typography component="h2" className="sr-only">{task.name}</Typography>
      <InputBase
        multiline fullWidth readOnly={!may} value={text} onChange={(e) => setText(e.target.value.replaceAll('\n', ' '))} inputProps={{ 'aria-label': t('task.name'), maxLength: 250 }}
        onKeyDown={(e) => e.key === 'Enter' && (e.preventDefault(), (e.target as HTMLElement).blur())}
        onBlur={() => (text.trim() === '' ? setText(task.name) : text.trim() !== task.name && save({ name: text.trim() }))}
        sx={{ fontSize: 20, lineHeight: '28px', fontWeight: 640, p: 1, mx: -1, borderRadius: 1, '&:hover, &.Mui-focused': may ? { bgcolor: 'action.hover' } : {} }}
      />
    </>
  );
}

function Where({ task, onOpen }: { task: TaskView; onOpen: (id: string) => void }) {
  const t = useT();
  const { data: parent } = useTasksGetQuery({ id: task.parent_id ?? '' }, { skip: !task.parent_id });
  return (
    <Box sx={{ display: 'flex', gap: 2, alignItems: 'center', flexWrap: 'wrap', fontSize: 13, color: 'text.secondary', mb: 4 }}>
      <Dot colour={task.project.colour} />
      <Link component={RouterLink} to={`/projects/${task.project_id}`}>{task.project.code} {task.project.name}</Link>
      {parent && <Link component="button" type="button" onClick={() => onOpen(parent.id)}>{t('task.parent', { name: parent.name })}</Link>}
    </Box>
  );
}

const grid = { display: 'grid', gap: 4, gridTemplateColumns: { xs: 'repeat(2, minmax(0, 1fr))', sm: 'repeat(2, minmax(0, 1fr))' } } as const;

function Fields({ task, may, save }: PartProps) {
  const t = useT();
  const { members, names } = useNames();
  const { data: project } = useProjectsGetQuery({ id: task.project_id });
  const people = members.filter((m) => m.state === 'active' || m.id === task.assignee_id).map((m) => ({ value: m.id, label: m.name }));
  if (task.assignee_id && !names(task.assignee_id)) people.push({ value: task.assignee_id, label: '…' });
  const services = useServices({ id: task.service_id, name: '' });
  const columns = project?.columns ?? [{ id: task.column_id, name: task.column_name }];
  return (
    <Box sx={grid}>
      <TextField select label={t('task.column')} value={task.column_id} disabled={!may} onChange={(e) => save({ column_id: e.target.value })}>
        {columns.map((c) => <MenuItem key={c.id} value={c.id}>{c.name}</MenuItem>)}
      </TextField>
      <Picker label={t('task.assignee')} options={people} value={task.assignee_id ?? ''} disabled={!may} placeholder={t('task.nobody')} onChange={(assignee_id) => save({ assignee_id })} />
      <TextField select label={t('priority.label')} value={task.priority} disabled={!may} onChange={(e) => save({ priority: e.target.value as TaskView['priority'] })}>
        {(['low', 'normal', 'high', 'urgent'] as const).map((p) => <MenuItem key={p} value={p}>{t(`priority.${p}`)}</MenuItem>)}
      </TextField>
      {services.length > 0 && <Picker label={t('task.service')} options={services} value={task.service_id ?? ''} disabled={!may} placeholder={t('task.noService')} onChange={(service_id) => save({ service_id })} />}
      <Saved label={t('task.tags')} value={task.tags.join(', ')} disabled={!may} help={undefined} onSave={(s) => save({ tags: s.split(',').map((x) => x.trim()).filter(Boolean) })} />
      <Saved type="date" label={t('task.starts')} value={task.starts_on ?? ''} disabled={!may} onSave={(starts_on) => save({ starts_on })} />
      <Saved type="date" label={t('task.due')} value={task.due_on ?? ''} disabled={!may} onSave={(due_on) => save({ due_on })} />
    </Box>
  );
}

/** Estimate, logged, remaining and percent: four figures, none made from another. */
function Effort({ task, may, save }: PartProps) {
  const t = useT();
  const common = useCommon();
  const duration = (s: string, then: (seconds: number) => void) => {
    const seconds = s.trim() === '' ? -1 : parseDuration(s);
    if (seconds === null) toast(common('error.duration'), { tone: 'error' });
    else then(seconds);
  };
  const percent = (s: string) => {
    const read = s.trim() === '' ? '0' : parseAmount(s.replace('%', ''));
    if (read === null) toast(common('error.number'), { tone: 'error' });
    else save({ percent_complete: Math.max(0, Math.min(100, Math.round(Number(read)))) });
  };
  const shown = (n: number | null | undefined) => (n === null || n === undefined ? '' : formatDuration(n));
  const over = task.estimate_seconds !== null && task.logged_seconds > (task.estimate_seconds ?? 0);
  return (
    <>
      <Heading>{t('task.effort')}</Heading>
      <Box sx={{ ...grid, gridTemplateColumns: { xs: 'repeat(2, minmax(0, 1fr))', sm: 'repeat(4, minmax(0, 1fr))' }, gap: 3 }}>
        <Saved label={t('task.estimate')} value={shown(task.estimate_seconds)} disabled={!may} onSave={(s) => duration(s, (estimate_seconds) => save({ estimate_seconds }))} />
        <TextField label={t('task.logged')} value={formatDuration(task.logged_seconds)} error={over} slotProps={{ htmlInput: { readOnly: true, tabIndex: -1 }, inputLabel: { shrink: true } }} />
        <Saved label={t('task.remaining')} value={shown(task.remaining_seconds)} disabled={!may} onSave={(s) => duration(s, (remaining_seconds) => save({ remaining_seconds }))} />
        <Saved label={t('task.percent')} value={String(task.percent_complete)} disabled={!may} onSave={percent} />
      </Box>
      {over && <Typography variant="body2" sx={{ color: 'error.main', mt: 2 }}>{t('task.overEstimate')}</Typography>}
      <Box sx={{ mt: 2 }}><BillableSwitch value={task.billable} onChange={(billable) => save({ billable })} disabled={!may} why={t('task.billableWhy')} /></Box>
    </>
  );
}

/** A field that saves when it is left. */
function Saved({ label, value, onSave, disabled, type, help }: { label: string; value: string; onSave: (v: string) => void; disabled: boolean; type?: 'date'; help?: string }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  return (
    <TextField
      label={label} value={text} type={type} disabled={disabled} helperText={help} onChange={(e) => setText(e.target.value)}
      onBlur={() => text !== value && onSave(text)} onKeyDown={(e) => e.key === 'Enter' && (e.target as HTMLElement).blur()} slotProps={{ inputLabel: type ? { shrink: true } : undefined, htmlInput: { maxLength: 200 } }}
    />
  );
}

function LongText({ value, label, placeholder, onSave, disabled }: { value: string; label: string; placeholder: string; onSave: (v: string) => void; disabled: boolean }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  return <TextField multiline minRows={2} value={text} placeholder={placeholder} disabled={disabled} onChange={(e) => setText(e.target.value)} onBlur={() => text.trim() !== value && onSave(text.trim())} slotProps={{ htmlInput: { 'aria-label': label, maxLength: 20_000 } }} />;
}

/** One line in which something new is typed; Enter adds it. */
function AddLine({ label, onAdd }: { label: string; onAdd: (text: string) => Promise<unknown> | void }) {
  const [text, setText] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const add = async () => {
    const s = text.trim();
    if (!s) return;
    setText('');
    await onAdd(s);
    input.current?.focus();
  };
  return (
    <Box component="form" onSubmit={(e: React.FormEvent) => { e.preventDefault(); void add(); }}>
      <InputBase fullWidth inputRef={input} value={text} onChange={(e) => setText(e.target.value)} placeholder={label} inputProps={{ 'aria-label': label, maxLength: 250 }} sx={{ fontSize: 14, px: 2, minHeight: 40, borderRadius: 1, border: '1px dashed', borderColor: 'divider', mt: 1 }} />
    </Box>
  );
}

const row = { display: 'flex', alignItems: 'center', gap: 1, minHeight: 40, borderBottom: 1, borderColor: 'divider' } as const;

function SubTasks({ task, may, onOpen }: PartProps & { onOpen: (id: string) => void }) {
  const t = useT();
  const { data } = useProjectTasksQuery({ parent_id: task.id, sort: 'rank' });
  const [create] = useTasksCreateMutation();
  const [complete] = useCompleteTasksMutation();
  return (
    <>
      <Heading>{t('task.subTasks')} {task.sub_tasks > 0 && <Box component="span" sx={{ color: 'text.secondary', fontWeight: 400 }}>{task.sub_tasks_done}/{task.sub_tasks}</Box>}</Heading>
      {data?.map((x) => (
        <Box key={x.id} sx={row}>
          <Checkbox size="small" disabled={!may} checked={Boolean(x.completed_at)} onChange={(_, done) => void complete({ ids: [x.id], done }).unwrap().catch(toast.failed)} slotProps={{ input: { 'aria-label': t('task.tick', { name: x.name }) } }} />
          <Link component="button" type="button" underline="hover" onClick={() => onOpen(x.id)} className="said" sx={{ flex: 1, textAlign: 'start', color: x.completed_at ? 'text.secondary' : 'text.primary', textDecoration: x.completed_at ? 'line-through' : undefined, minHeight: 32 }}>{x.name}</Link>
        </Box>
      ))}
      {may && <AddLine label={t('task.addSubTask')} onAdd={(name) => create({ newTask: { project_id: task.project_id, parent_id: task.id, name } }).unwrap().catch(toast.failed)} />}
    </>
  );
}

function Checklist({ task, may, save }: PartProps) {
  const t = useT();
  const [tick] = useTickItemMutation();
  const done = task.checklist.filter((c) => c.done).length;
  return (
    <>
      <Heading>{t('task.checklist')} {task.checklist.length > 0 && <Box component="span" sx={{ color: 'text.secondary', fontWeight: 400 }}>{done}/{task.checklist.length}</Box>}</Heading>
      {task.checklist.map((c) => (
        <Box key={c.id} sx={row}>
          <FormControlLabel
            sx={{ flex: 1, mr: 0, color: c.done ? 'text.secondary' : undefined }} disabled={!may}
            control={<Checkbox size="small" checked={c.done ?? false} onChange={(_, on) => void tick({ id: task.id, itemId: c.id ?? '', done: on }).unwrap().catch(toast.failed)} />}
            label={<span className="said">{c.text}</span>}
          />
          {may && <IconButton size="small" aria-label={t('task.removeItem', { name: c.text })} onClick={() => save({ checklist: task.checklist.filter((x) => x.id !== c.id) })}><DeleteIcon sx={{ fontSize: 16 }} /></IconButton>}
        </Box>
      ))}
      {may && <AddLine label={t('task.addItem')} onAdd={(text) => save({ checklist: [...task.checklist, { text }] })} />}
    </>
  );
}
