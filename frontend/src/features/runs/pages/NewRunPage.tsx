import { lazy, Suspense } from 'react';
import Box from '@mui/material/Box';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { useT } from '../locales/en';

const RunForm = lazy(async () => ({ default: (await import('../components/RunForm')).RunForm }));

export function NewRunPage() {
  const t = useT();
  return (
    <>
      <PageHeader up={{ to: '/invoice-runs', label: t('title') }} title={t('newTitle')} sub={t('sub')} />
      <Suspense fallback={<Box sx={{ minHeight: { xs: 1100, lg: 620 } }} />}><RunForm /></Suspense>
    </>
  );
}
