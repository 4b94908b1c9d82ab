import Box from '@mui/material/Box';
import { formatDay, today } from '../../../shared/lib/dates';
import { CardRow } from '../../../shared/ui/CardRow';
import { Money } from '../../../shared/ui/small';
import { useStartInvoicesQuery } from '../api';
import { useT } from '../locales/en';
import { Panel } from './Panel';

export function Invoices() {
  const t = useT();
  const query = useStartInvoicesQuery();
  const now = today();
  return (
    <Panel
      title={t('invoices.title')}
      all={{ to: '/invoices', label: t('invoices.all') }}
      query={query}
      empty={{ title: t('invoices.empty'), text: t('invoices.emptyText') }}
      getId={(i) => i.id}
      href={(i) => `/invoices/${i.id}`}
      draw={(i) => (
        <CardRow
          title={i.client_name}
          end={<Money value={i.balance} />}
          sub={i.number}
          state={i.due_on && <Box component="span" sx={{ color: i.due_on < now ? 'error.main' : 'text.secondary' }}>{t(i.due_on < now ? 'invoices.overdue' : 'invoices.due', { day: formatDay(i.due_on) })}</Box>}
        />
      )}
    />
  );
}
