import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import { useParams } from 'react-router';
import { useCan } from '../../../shared/lib/me';
import { later } from '../../../shared/ui/later';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { ErrorState, SkeletonPage } from '../../../shared/ui/states';
import { useRemindersPolicyQuery } from '../api';
import { useT } from '../locales/en';

const Ladder = later(async () => (await import('../components/Ladder')).Ladder);

/** When clients are reminded of what is open: all of them, or one that has its own way. */
export function RemindersPage() {
  const t = useT();
  const { clientId } = useParams();
  const writes = useCan()('invoicing.settings.write');
  const policy = useRemindersPolicyQuery({ clientId });
  const up = clientId ? { to: `/statements/${clientId}`, label: t('statement.title') } : { to: '/settings/invoicing', label: t('settings.title') };
  return (
    <Box sx={{ maxWidth: 760 }}>
      <PageHeader title={t(clientId ? 'remind.titleClient' : 'remind.title')} sub={t('remind.sub')} up={up} />
      <Alert severity="info" sx={{ mb: 4 }}>{t('remind.note')}</Alert>
      {policy.error && !policy.data ? <ErrorState error={policy.error} onRetry={() => void policy.refetch()} /> : !policy.data ? <SkeletonPage /> : (
        <Box sx={{ minHeight: 560 }}><Ladder key={`${clientId}-${policy.data.own}-${policy.data.version}`} policy={policy.data} clientId={clientId} writes={writes} /></Box>
      )}
    </Box>
  );
}
