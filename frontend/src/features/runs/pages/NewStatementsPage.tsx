import { lazy, Suspense } from 'react';
import Box from '@mui/material/Box';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { useT } from '../locales/en';

const StatementsForm = lazy(async () => ({ default: (await import('../components/StatementsForm')).StatementsForm }));

export function NewStatementsPage() {
  const t = useT();
  return (
    <>
      <PageHeader up={{ to: '/statement-runs', label: t('statements.title') }} title={t('statements.new')} sub={t('statements.sub')} />
      <Suspense fallback={<Box sx={{ minHeight: { xs: 900, lg: 520 } }} />}><StatementsForm /></Suspense>
    </>
  );
}
