import Button from '@mui/material/Button';
import { Link } from 'react-router';
import type { Access } from '../../shared/lib/me';
import { useCan } from '../../shared/lib/me';
import { PageHeader } from '../../shared/ui/PageHeader';
import { EmptyState } from '../../shared/ui/states';
import { useShell } from './locales/en';

/** In place of a page that an agency which owes for long cannot open: where it is put right, and how to take the data along. */
export function Standing({ level }: { level: Access['level'] }) {
  const t = useShell();
  const can = useCan();
  return (
    <>
      <PageHeader title={t('standing.title')} />
      <EmptyState
        title={t(`access.${level === 'full' ? 'ending' : level}`)}
        text={t(can('billing.account.read') ? 'standing.text' : 'standing.ask')}
        action={
          <>
            {can('billing.account.read') && <Button component={Link} to="/settings/billing" variant="contained">{t('access.manage')}</Button>}
            {can('agency.data.export') && <Button component={Link} to="/settings/data" sx={{ ml: 2 }}>{t('standing.export')}</Button>}
          </>
        }
      />
    </>
  );
}
