import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { formatMoment } from '../../../shared/lib/dates';
import { useMe } from '../../../shared/lib/me';
import { ErrorState, Section, SkeletonRows } from '../../../shared/ui/states';
import { useInvoicesSendingsQuery } from '../api';
import { useT } from '../locales/en';

/** The mails with this invoice. */
export function Sendings({ id }: { id: string }) {
  const t = useT();
  const zone = useMe()?.agency.time_zone;
  const list = useInvoicesSendingsQuery({ id });
  return (
    <Section title={t('send.history')}>
      {list.error && !list.data ? <ErrorState error={list.error} onRetry={() => void list.refetch()} /> : !list.data ? <SkeletonRows label={t('send.history')} rows={1} /> : list.data.items.length === 0 ? (
        <Typography sx={{ color: 'text.secondary' }}>{t('send.never')}</Typography>
      ) : (
        <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 2, overflowWrap: 'anywhere' }}>
          {list.data.items.map((s) => (
            <li key={s.id}>
              {s.to.join(', ')}
              <Typography variant="body2" sx={{ color: 'text.secondary' }}>{s.sent_at ? formatMoment(s.sent_at, zone) : t('send.underWay')}</Typography>
            </li>
          ))}
        </Box>
      )}
    </Section>
  );
}
