import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { Link as To } from 'react-router';
import { formatMoment } from '../../../shared/lib/dates';
import { useMe } from '../../../shared/lib/me';
import { later } from '../../../shared/ui/later';
import { StatusChip } from '../../../shared/ui/small';
import { ErrorState, Section, SkeletonRows } from '../../../shared/ui/states';
import { usePaymentDifferencesListQuery, type PaymentDifference } from '../api';
import { useT } from '../locales/en';

const SettleDialog = later(async () => (await import('./SettleDialog')).SettleDialog);

/** Where the provider and the books do not say the same, until somebody has looked. */
export function Differences({ compared }: { compared: boolean }) {
  const t = useT();
  const zone = useMe()?.agency.time_zone;
  const list = usePaymentDifferencesListQuery({ limit: 100 });
  const [settling, setSettling] = useState<PaymentDifference | null>(null);
  const rows = list.data?.items;
  return (
    <Section title={t('differences.title')}>
      {list.error && !rows ? <ErrorState error={list.error} onRetry={() => void list.refetch()} /> : !rows ? <SkeletonRows label={t('differences.title')} rows={1} /> : rows.length === 0 ? (
        <Typography sx={{ color: 'text.secondary' }}>{t(compared ? 'differences.none' : 'differences.notYet')}</Typography>
      ) : (
        <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 4 }}>
          {rows.map((d) => (
            <Box component="li" key={d.id} sx={{ display: 'flex', gap: 3, alignItems: 'flex-start', flexWrap: 'wrap' }}>
              <Box sx={{ flex: '1 1 260px', minWidth: 0, overflowWrap: 'anywhere' }}>
                <StatusChip label={t(`differences.kinds.${d.kind}`)} tone="warning" />
                <Typography sx={{ mt: 1 }}>{d.subject}{d.invoice_id && <>{' · '}<Link component={To} to={`/invoices/${d.invoice_id}`}>{t('differences.invoice')}</Link></>}</Typography>
                <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('differences.ours', { what: d.ours })} · {t('differences.theirs', { what: d.theirs })} · {formatMoment(d.found_at, zone)}</Typography>
              </Box>
              <Button size="small" variant="outlined" onClick={() => setSettling(d)}>{t('differences.settle')}</Button>
            </Box>
          ))}
        </Box>
      )}
      {settling && <SettleDialog difference={settling} onClose={() => setSettling(null)} />}
    </Section>
  );
}
