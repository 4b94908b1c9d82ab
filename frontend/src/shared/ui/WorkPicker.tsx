import { useMemo, useState } from 'react';
import { useProjectsListQuery } from '../api/gen/projects.gen';
import { useTasksListQuery } from '../api/gen/tasks.gen';
import { useDebounced } from '../lib/hooks';
import { registerLocale } from '../lib/i18n';
import { Picker } from './fields/Picker';
import type { Option } from './fields/option';

const useT = registerLocale('work', { project: 'Project', task: 'Task', anyTask: 'No task' });

export type Work = { projectId: string; taskId: string };

const open: ('planned' | 'active' | 'on_hold')[] = ['planned', 'active', 'on_hold'];

type Props = { value: Work; onChange: (w: Work) => void; autoFocus?: boolean; errors?: { project?: string; task?: string } };

/** What time goes to: a project and, if there is one, a task of it. */
export function WorkPicker({ value, onChange, autoFocus, errors }: Props) {
  const t = useT();
  const [typed, setTyped] = useState('');
  const q = useDebounced(typed);
  const all = useProjectsListQuery({ limit: 200, state: open });
  // More than one page of projects: what is typed is also looked up on the server.
  const found = useProjectsListQuery({ limit: 50, state: open, q }, { skip: !all.data?.next || q === '' });
  const tasks = useTasksListQuery({ limit: 200, projectId: value.projectId, state: 'open' }, { skip: !value.projectId });
  const projects = useMemo<Option[]>(() => {
    const seen = new Map([...(all.data?.items ?? []), ...(found.data?.items ?? [])].map((p) => [p.id, p]));
    return [...seen.values()]
      .map((p) => ({ value: p.id, label: `${p.code} ${p.name}`, group: p.client_name }))
      .sort((a, b) => a.group.localeCompare(b.group) || a.label.localeCompare(b.label));
  }, [all.data, found.data]);
  const taskOptions = useMemo<Option[]>(() => (value.projectId ? (tasks.data?.items ?? []) : []).map((k) => ({ value: k.id, label: k.name })), [tasks.data, value.projectId]);
  return (
    <>
      <Picker
        label={t('project')}
        value={value.projectId}
        onChange={(projectId) => onChange({ projectId, taskId: '' })}
        options={projects}
        loading={all.isLoading || found.isFetching}
        // Typing filters what is here; the look-up only adds to it.
        placeholder={t('project')}
        autoFocus={autoFocus}
        error={errors?.project}
        onInput={setTyped}
      />
      <Picker label={t('task')} value={value.taskId} onChange={(taskId) => onChange({ ...value, taskId })} options={taskOptions} loading={tasks.isFetching} disabled={!value.projectId} placeholder={t('anyTask')} error={errors?.task} />
    </>
  );
}
