import { PageHeader } from '../../../shared/ui/PageHeader';
import { EmptyState, ErrorState, SkeletonPage } from '../../../shared/ui/states';
import { useAs, useProjectsAsQuery } from '../api';
import { ProjectCards } from '../components/parts';
import { useT } from '../locales/en';

export function ProjectsPage() {
  const t = useT();
  const { as } = useAs();
  const { data, error, refetch } = useProjectsAsQuery({ as });
  if (!data) return error === undefined ? <SkeletonPage /> : <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <PageHeader title={t('projects')} />
      {data.items.length > 0 ? <ProjectCards projects={data.items} /> : <EmptyState title={t('noProjects')} text={t('noProjectsText')} />}
    </>
  );
}
