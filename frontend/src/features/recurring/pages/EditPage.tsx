import { lazy, Suspense, type ReactNode } from 'react';
import { useParams, useSearchParams } from 'react-router';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { ErrorState, SkeletonForm, SkeletonPage } from '../../../shared/ui/states';
import { useRecurringInvoicesGetQuery } from '../api';
import { useT } from '../locales/en';

const ScheduleForm = lazy(async () => ({ default: (await import('../components/ScheduleForm')).ScheduleForm }));

function Frame({ children }: { children: ReactNode }) {
  return <Suspense fallback={<SkeletonForm phone={1900} desk={1320} />}>{children}</Suspense>;
}

export function NewPage() {
  const t = useT();
  const [params] = useSearchParams();
  return (
    <>
      <PageHeader up={{ to: '/recurring', label: t('title') }} title={t('new')} sub={t('sub')} />
      <Frame><ScheduleForm clientId={params.get('client') ?? ''} /></Frame>
    </>
  );
}

export function EditPage() {
  const t = useT();
  const { id = '' } = useParams();
  const { data, error, refetch } = useRecurringInvoicesGetQuery({ id });
  if (!data) return error === undefined ? <SkeletonPage /> : <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <PageHeader up={{ to: `/recurring/${id}`, label: data.name }} title={t('editTitle', { name: data.name })} sub={data.client_name} />
      <Frame><ScheduleForm key={data.version} schedule={data} /></Frame>
    </>
  );
}
