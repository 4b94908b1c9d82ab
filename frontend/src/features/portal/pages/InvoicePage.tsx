import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useParams } from 'react-router';
import { formatDay } from '../../../shared/lib/dates';
import { CardRow, DataTable } from '../../../shared/ui/DataTable';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { Facts, Figure, Figures, Money } from '../../../shared/ui/small';
import { ErrorState, Section, SkeletonPage } from '../../../shared/ui/states';
import { useAs, useInvoiceAsQuery } from '../api';
import { InvoiceStatus } from '../components/parts';
import { useT } from '../locales/en';

export function InvoicePage() {
  const t = useT();
  const { id = '' } = useParams();
  const { as, to, pdf } = useAs();
  const { data: i, error, refetch } = useInvoiceAsQuery({ as, id });
  if (!i) return error === undefined ? <SkeletonPage /> : <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <PageHeader
        up={{ to: to('/portal/invoices'), label: t('invoices') }}
        title={t('invoice', { number: i.number })}
        chip={<InvoiceStatus status={i.status} />}
        sub={i.due_on ? `${t('due')}: ${formatDay(i.due_on)}` : undefined}
        actions={<Button variant="contained" href={pdf(i.id)} target="_blank" rel="noreferrer">{t('pdf')}</Button>}
      />
      <Figures>
        <Figure label={t('balance')} value={<Money value={i.balance} cents />} />
        <Figure label={t('total')} value={<Money value={i.total} cents />} />
      </Figures>
      <Box sx={{ mb: 4 }}>
        <DataTable
          label={t('lines')}
          rows={(i.lines ?? []).map((l, n) => ({ ...l, key: String(n) }))}
          columns={[
            { key: 'description', header: t('description'), width: 'minmax(0, 4fr)', cell: (l) => l.description },
            { key: 'quantity', header: t('quantity'), width: '130px', numeric: true, cell: (l) => `${l.quantity} ${l.unit}`.trim() },
            { key: 'price', header: t('price'), width: '120px', numeric: true, from: 'md', cell: (l) => l.unit_price },
            { key: 'net', header: t('net'), width: '130px', numeric: true, cell: (l) => <Money value={l.net} cents /> },
          ]}
          getId={(l) => l.key}
          card={(l) => <CardRow title={l.description} end={<Money value={l.net} cents />} sub={`${l.quantity} ${l.unit} × ${l.unit_price}`} />}
          empty={null}
        />
      </Box>
      <Section>
        <Facts
          items={[
            [t('issued'), i.issue_on ? formatDay(i.issue_on) : '–'],
            [t('net'), <Money key="n" value={i.net} cents />],
            [t('tax'), <Money key="t" value={i.tax} cents />],
            [t('total'), <Money key="s" value={i.total} cents />],
          ]}
        />
        {i.note && <Box className="said" sx={{ mt: 4, whiteSpace: 'pre-wrap' }}>{i.note}</Box>}
      </Section>
    </>
  );
}
