import { lazy, Suspense } from 'react';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { SkeletonForm } from '../../../shared/ui/states';
import { useT } from '../locales/en';

const RunForm = lazy(async () => ({ default: (await import('../components/RunForm')).RunForm }));

export function NewRunPage() {
  const t = useT();
  return (
    <>
      <PageHeader up={{ to: '/invoice-runs', label: t('title') }} title={t('newTitle')} sub={t('sub')} />
      <Suspense fallback={<SkeletonForm phone={1100} desk={620} />}><RunForm /></Suspense>
    </>
  );
}
