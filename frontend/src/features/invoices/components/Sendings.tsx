import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { formatDay, formatMoment } from '../../../shared/lib/dates';
import { useMe } from '../../../shared/lib/me';
import { ErrorState, Section, SkeletonRows } from '../../../shared/ui/states';
import { useInvoicesSendingsQuery, useInvoicesStatementSendingsQuery } from '../api';
import { useT } from '../locales/en';

type Sent = { id: string; to: string[]; note?: string; sent_at: string | null };

/** The mails with this invoice. */
export function Sendings({ id }: { id: string }) {
  const list = useInvoicesSendingsQuery({ id });
  return <Mails items={list.data?.items} error={list.error} onRetry={() => void list.refetch()} />;
}

/** The mails with a client's statement. */
export function StatementSendings({ clientId }: { clientId: string }) {
  const t = useT();
  const list = useInvoicesStatementSendingsQuery({ clientId });
  const items = list.data?.items.map((s) => ({ ...s, to: s.recipients, note: t('statement.asOf', { day: formatDay(s.to) }) }));
  return <Mails items={items} error={list.error} onRetry={() => void list.refetch()} />;
}

function Mails({ items, error, onRetry }: { items?: Sent[]; error: unknown; onRetry: () => void }) {
  const t = useT();
  const zone = useMe()?.agency.time_zone;
  return (
    <Section title={t('send.history')}>
      {error && !items ? <ErrorState error={error} onRetry={onRetry} /> : !items ? <SkeletonRows label={t('send.history')} rows={1} /> : items.length === 0 ? (
        <Typography sx={{ color: 'text.secondary' }}>{t('send.never')}</Typography>
      ) : (
        <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 2, overflowWrap: 'anywhere' }}>
          {items.map((s) => (
            <li key={s.id}>
              {s.to.join(', ')}
              <Typography variant="body2" sx={{ color: 'text.secondary' }}>{[s.sent_at ? formatMoment(s.sent_at, zone) : t('send.underWay'), s.note].filter(Boolean).join(' · ')}</Typography>
            </li>
          ))}
        </Box>
      )}
    </Section>
  );
}
