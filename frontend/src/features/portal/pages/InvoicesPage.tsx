import Button from '@mui/material/Button';
import { Link } from 'react-router';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { EmptyState } from '../../../shared/ui/states';
import { useAs, useInvoicesAsQuery } from '../api';
import { InvoiceTable } from '../components/InvoiceTable';
import { useT } from '../locales/en';

export function InvoicesPage() {
  const t = useT();
  const { as, to } = useAs();
  const { data, error, refetch } = useInvoicesAsQuery({ as });
  return (
    <>
      <PageHeader title={t('invoices')} actions={<Button component={Link} to={to('/portal/account')} variant="outlined">{t('account.title')}</Button>} />
      <InvoiceTable rows={data?.items} error={error} onRetry={() => void refetch()} empty={<EmptyState title={t('noInvoices')} />} />
    </>
  );
}
