import { PageHeader } from '../../../shared/ui/PageHeader';
import { EmptyState } from '../../../shared/ui/states';
import { useAs, useProjectsAsQuery } from '../api';
import { NotYet } from '../components/NotYet';
import { ProjectCards } from '../components/parts';
import { useT } from '../locales/en';

export function ProjectsPage() {
  const t = useT();
  const { as } = useAs();
  const { data, error, refetch } = useProjectsAsQuery({ as });
  if (!data) return <NotYet title={t('projects')} error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <PageHeader title={t('projects')} />
      {data.items.length > 0 ? <ProjectCards projects={data.items} /> : <EmptyState title={t('noProjects')} text={t('noProjectsText')} />}
    </>
  );
}
