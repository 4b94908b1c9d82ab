import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { Link as To } from 'react-router';
import { Section } from '../../../shared/ui/states';
import { useInvoicesEInvoiceQuery, type InvoiceLack } from '../api';
import { useT } from '../locales/en';

const forms = ['facturx', 'ubl', 'cii'] as const;

/** What a document lacks as an e-invoice, with the place to mend it; and once it is issued, its forms. */
export function EInvoice({ id, issued }: { id: string; issued: boolean }) {
  const t = useT();
  const { data } = useInvoicesEInvoiceQuery({ id });
  const [why, setWhy] = useState(false);
  if (!data || (!issued && data.format === 'pdf')) return null;
  const needed = data.format !== 'pdf';
  return (
    <Section title={t('data.title')}>
      <Box sx={{ display: 'grid', gap: 3 }}>
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t(!needed && data.lacks.length > 0 ? 'data.none' : `data.wants.${data.format}`)}</Typography>
        {data.lacks.length > 0 && !needed && !why && <Box><Button size="small" onClick={() => setWhy(true)}>{t('data.why')}</Button></Box>}
        {data.lacks.length > 0 && (needed || why) && (
          <Alert severity={needed && !issued ? 'warning' : 'info'}>
            {t(needed && !issued ? 'data.before' : 'data.not')}
            <Box component="ul" sx={{ m: 0, mt: 2, pl: 4, display: 'grid', gap: 1, overflowWrap: 'anywhere' }}>
              {data.lacks.map((l) => (
                <li key={`${l.rule}${l.term}${l.field}${l.text}`}>
                  {l.text}{l.term && !l.text.includes(l.term) ? ` (${l.term})` : ''} <Mend lack={l} />
                </li>
              ))}
            </Box>
          </Alert>
        )}
        {issued && data.lacks.length === 0 && (
          <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 2 }}>
            {forms.map((f) => <Button key={f} size="small" variant="outlined" href={`/api/v1/invoices/${id}/file?format=${f}`} download>{t(`data.forms.${f}`)}</Button>)}
          </Box>
        )}
        {!issued && data.lacks.length === 0 && <Alert severity="success">{t('data.ready')}</Alert>}
      </Box>
    </Section>
  );
}

function Mend({ lack: l }: { lack: InvoiceLack }) {
  const t = useT();
  if (l.mend === 'invoice') return null;
  return <Link component={To} to={l.mend === 'client' ? `/clients/${l.mend_id}` : '/settings/invoicing'}>{t(`data.mend.${l.mend}`)}</Link>;
}
