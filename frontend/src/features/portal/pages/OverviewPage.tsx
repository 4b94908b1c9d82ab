import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { Figure, Figures, Money } from '../../../shared/ui/small';
import { EmptyState } from '../../../shared/ui/states';
import { useAs, useMilestonesAsQuery, useOverviewAsQuery } from '../api';
import { NotYet } from '../components/NotYet';
import { Milestones } from '../components/Milestones';
import { InvoiceTable } from '../components/InvoiceTable';
import { ProjectCards } from '../components/parts';
import { useT } from '../locales/en';

export function OverviewPage() {
  const t = useT();
  const { as } = useAs();
  const { data: o, error, refetch } = useOverviewAsQuery({ as });
  const milestones = useMilestonesAsQuery({ as });
  if (!o || milestones.isLoading) return <NotYet title={t('nav.overview')} error={error} onRetry={() => void refetch()} />;
  const waiting = milestones.data?.items.filter((m) => !m.accepted_at) ?? [];
  const first = o.contact.split(' ')[0] ?? '';
  return (
    <>
      <PageHeader title={t('hello', { name: first })} sub={t('from', { client: o.client, agency: o.agency })} />
      <Figures>
        <Figure label={t('outstanding')} value={o.outstanding.length > 0 ? o.outstanding.map((m) => <Box key={m.currency}><Money value={m} cents /></Box>) : t('nothingOpen')} />
        <Figure label={t('projects')} value={o.projects.filter((p) => p.state === 'active').length} note={t('state.active')} />
      </Figures>
      {waiting.length > 0 && (
        <Box component="section" sx={{ mb: 6 }}>
          <Typography component="h2" variant="h3" sx={{ mb: 3 }}>{t('milestones')}</Typography>
          <Milestones rows={waiting} />
        </Box>
      )}
      {o.invoices.length > 0 && (
        <Box component="section" sx={{ mb: 6 }}>
          <Typography component="h2" variant="h3" sx={{ mb: 3 }}>{t('openInvoices')}</Typography>
          <InvoiceTable rows={o.invoices} empty={null} />
        </Box>
      )}
      <Typography component="h2" variant="h3" sx={{ mb: 3 }}>{t('projects')}</Typography>
      {o.projects.length > 0 ? <ProjectCards projects={o.projects} /> : <EmptyState title={t('noProjects')} text={t('noProjectsText')} />}
    </>
  );
}
