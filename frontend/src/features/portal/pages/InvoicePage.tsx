import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useParams } from 'react-router';
import { formatDay } from '../../../shared/lib/dates';
import { Paper } from '../../../shared/paper/Paper';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { Figure, Figures, Money } from '../../../shared/ui/small';
import { useAs, useInvoiceAsQuery } from '../api';
import { NotYet } from '../components/NotYet';
import { InvoiceStatus } from '../components/parts';
import { Pay } from '../components/Pay';
import { useT } from '../locales/en';

export function InvoicePage() {
  const t = useT();
  const { id = '' } = useParams();
  const { as, to, pdf, file } = useAs();
  const { data: i, error, refetch } = useInvoiceAsQuery({ as, id });
  if (!i) return <NotYet title={t('invoices')} error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <PageHeader
        up={{ to: to('/portal/invoices'), label: t('invoices') }}
        title={t(i.kind === 'credit_note' ? 'creditNote' : 'invoice', { number: i.number })}
        chip={<InvoiceStatus status={i.status} />}
        sub={i.due_on && i.kind !== 'credit_note' ? `${t('due')}: ${formatDay(i.due_on)}` : undefined}
        actions={<Button variant="outlined" href={pdf(i.id)} target="_blank" rel="noreferrer">{t('pdf')}</Button>}
      />
      <Figures>
        {i.kind !== 'credit_note' && <Figure label={t('balance')} value={<Money value={i.balance} cents />} />}
        <Figure label={t('total')} value={<Money value={i.total} cents />} />
      </Figures>
      {i.kind !== 'credit_note' && <Pay id={i.id} status={i.status} />}
      {(i.formats ?? []).length > 0 && (
        <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 2, alignItems: 'center', mb: 4 }}>
          {t('dataAs')}
          {i.formats?.map((f) => <Button key={f} size="small" variant="outlined" href={file(i.id, f)} download>{f === 'facturx' ? 'Factur-X' : f.toUpperCase()}</Button>)}
        </Box>
      )}
      {i.document && <Box sx={{ maxWidth: 760 }}><Paper document={i.document} /></Box>}
    </>
  );
}
