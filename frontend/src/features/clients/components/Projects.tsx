import { useProjectsListQuery, type ProjectView } from '../../../shared/api/gen/projects.gen';
import { formatDay } from '../../../shared/lib/dates';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { StatusChip } from '../../../shared/ui/small';
import { EmptyState } from '../../../shared/ui/states';
import { useT } from '../locales/en';

export function Projects({ clientId }: { clientId: string }) {
  const t = useT();
  const list = useProjectsListQuery({ clientId, limit: 200, sort: '-updated_at' });
  const state = (p: ProjectView) => <StatusChip label={t(`projectState.${p.state}`)} tone={p.state === 'active' ? 'brand' : p.state === 'completed' ? 'success' : 'neutral'} />;
  const progress = (p: ProjectView) => t('projects.progress', { done: p.tasks_done, all: p.tasks });
  const columns: Column<ProjectView>[] = [
    { key: 'name', header: t('projects.name'), width: 'minmax(0, 3fr)', cell: (p) => p.name },
    { key: 'code', header: t('projects.code'), width: '110px', cell: (p) => p.code },
    { key: 'progress', header: t('projects.done'), width: 'minmax(0, 1.5fr)', from: 'md', cell: progress },
    { key: 'due', header: t('projects.due'), width: '132px', cell: (p) => (p.due_on ? formatDay(p.due_on) : '') },
    { key: 'state', header: t('projects.state'), width: '130px', cell: state },
  ];
  return (
    <DataTable
      label={t('tab.projects')}
      rows={list.data?.items}
      columns={columns}
      getId={(p) => p.id}
      href={(p) => `/projects/${p.id}`}
      nameOf={(p) => p.name}
      card={(p) => <CardRow title={p.name} end={p.code} sub={progress(p)} state={state(p)} />}
      error={list.error}
      onRetry={() => void list.refetch()}
      empty={<EmptyState title={t('projects.empty')} />}
    />
  );
}
