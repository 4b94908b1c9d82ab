import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import { Link as To } from 'react-router';
import { formatDay } from '../../../shared/lib/dates';
import { Money } from '../../../shared/ui/small';
import { Section } from '../../../shared/ui/states';
import type { InvoiceRow } from '../api';
import { useT } from '../locales/en';

/** The credit notes that take back parts of an invoice. */
export function CreditNotes({ notes }: { notes: InvoiceRow[] }) {
  const t = useT();
  if (notes.length === 0) return null;
  return (
    <Section title={t('note.list')}>
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 2 }}>
        {notes.map((n) => (
          <Box component="li" key={n.id} sx={{ display: 'flex', gap: 3, justifyContent: 'space-between' }}>
            <span>
              <Link component={To} to={`/invoices/${n.id}`}>{n.number}</Link>
              {n.issue_on && ` · ${formatDay(n.issue_on)}`}
            </span>
            <Money value={n.total} />
          </Box>
        ))}
      </Box>
    </Section>
  );
}
