import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useInvoicesSendAgainMutation } from '../../../shared/api/gen/invoices.gen';
import { formatDay, formatMoment } from '../../../shared/lib/dates';
import { useCan, useMe } from '../../../shared/lib/me';
import { ErrorState, Section, SkeletonRows } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useInvoicesSendingsQuery, useInvoicesStatementSendingsQuery } from '../api';
import { useT } from '../locales/en';

type Sent = { id: string; to: string[]; note?: string; sent_at: string | null; failed_at: string | null; failure: string };

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
  const [again] = useInvoicesSendAgainMutation();
  const t = useT();
  const sends = useCan()('invoicing.invoices.issue');
  const zone = useMe()?.agency.time_zone;
  return (
    <Section title={t('send.history')}>
      {error && !items ? <ErrorState error={error} onRetry={onRetry} /> : !items ? <SkeletonRows label={t('send.history')} rows={1} /> : items.length === 0 ? (
        <Typography sx={{ color: 'text.secondary' }}>{t('send.never')}</Typography>
      ) : (
        <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 2, overflowWrap: 'anywhere' }}>
          {items.map((s) => (
            <Box component="li" key={s.id} sx={{ display: 'flex', flexWrap: 'wrap', justifyContent: 'space-between', alignItems: 'center', columnGap: 3, rowGap: 2 }}>
              <Box sx={{ minWidth: 0 }}>
                {s.to.join(', ')}
                <Typography variant="body2" sx={{ color: s.failed_at ? 'error.main' : 'text.secondary' }}>
                  {[s.failed_at ? t('send.failed', { at: formatMoment(s.failed_at, zone), why: s.failure }) : s.sent_at ? formatMoment(s.sent_at, zone) : t('send.underWay'), s.note].filter(Boolean).join(' · ')}
                </Typography>
              </Box>
              {s.failed_at && sends && <Button size="small" variant="outlined" onClick={() => void again({ id: s.id }).unwrap().then(onRetry, toast.failed)}>{t('send.again')}</Button>}
            </Box>
          ))}
        </Box>
      )}
    </Section>
  );
}
