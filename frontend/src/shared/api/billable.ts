import { useProjectsListQuery } from './gen/projects.gen';
import { useServicesListQuery } from './gen/rates.gen';
import { useTasksListQuery } from './gen/tasks.gen';
import { useTimeSettingsGetQuery } from './gen/time.gen';
import { useCan } from '../lib/me';

/** Whether one may say that time is billable or not: by permission, or because the agency lets all who log time. The server decides. */
export function useSetsBillable(): boolean {
  const can = useCan();
  const holds = can('timesheets.entries.set_billable');
  const { data } = useTimeSettingsGetQuery(undefined, { skip: holds || !can('agency.settings.read') });
  return holds || (data?.members_set_billable ?? true);
}

type Worked = { projectId: string; taskId: string; serviceId?: string };

/** Whether the work makes new time billable, for those who may not say so themselves; undefined while that is not known. From the lists that the work is chosen from. */
export function useWorkSays({ projectId, taskId, serviceId }: Worked, skip: boolean): boolean | undefined {
  const sells = useCan()('rates.services.read');
  const projects = useProjectsListQuery({ limit: 200, state: ['planned', 'active', 'on_hold'] }, { skip });
  const tasks = useTasksListQuery({ limit: 200, projectId, state: 'open' }, { skip: skip || !projectId });
  const services = useServicesListQuery({ limit: 200 }, { skip: skip || !sells });
  const project = projects.data?.items.find((p) => p.id === projectId);
  const task = taskId ? tasks.currentData?.items.find((k) => k.id === taskId) : undefined;
  if (skip || !project || (taskId && !task)) return undefined;
  const sold = serviceId || task?.service_id;
  return project.billable && (task?.billable ?? true) && (services.data?.items.find((s) => s.id === sold)?.billable ?? true);
}
