import { lazy, Suspense } from 'react';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { SkeletonForm } from '../../../shared/ui/states';
import { useT } from '../locales/en';

const StatementsForm = lazy(async () => ({ default: (await import('../components/StatementsForm')).StatementsForm }));

export function NewStatementsPage() {
  const t = useT();
  return (
    <>
      <PageHeader up={{ to: '/statement-runs', label: t('statements.title') }} title={t('statements.new')} sub={t('statements.sub')} />
      <Suspense fallback={<SkeletonForm phone={900} desk={520} />}><StatementsForm /></Suspense>
    </>
  );
}
