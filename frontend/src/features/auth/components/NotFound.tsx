import Button from '@mui/material/Button';
import { useVisit } from '../brand';
import { t } from '../text';
import { AuthLayout } from './AuthLayout';

export function NotFound() {
  const visit = useVisit();
  return (
    <AuthLayout title={t('error.notFoundTitle')} text={t('error.notFoundText')}>
      <Button href={visit?.site_url ?? '/'} variant="contained" size="large" fullWidth>{t('error.home')}</Button>
    </AuthLayout>
  );
}
