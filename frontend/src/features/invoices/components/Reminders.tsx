import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { formatDay, formatMoment } from '../../../shared/lib/dates';
import { useCan, useMe } from '../../../shared/lib/me';
import { later } from '../../../shared/ui/later';
import { ErrorState, Section, SkeletonRows } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useRemindersOfInvoiceQuery, useRemindersResumeMutation, type InvoiceView } from '../api';
import { useT } from '../locales/en';

const PauseDialog = later(async () => (await import('./PauseDialog')).PauseDialog);

/** Where an invoice stands on its ladder of reminders. */
export function Reminders({ invoice: i }: { invoice: InvoiceView }) {
  const t = useT();
  const zone = useMe()?.agency.time_zone;
  const writes = useCan()('invoicing.invoices.issue');
  const { data: r, error, refetch } = useRemindersOfInvoiceQuery({ id: i.id });
  const [resume] = useRemindersResumeMutation();
  const [pausing, setPausing] = useState(false);
  const step = (days: number) => (days < 0 ? t('remind.stepBefore', { count: -days }) : t('remind.stepAfter', { count: days }));
  const open = i.state === 'issued' && Number(i.balance.amount) > 0;
  const goOn = async () => {
    try {
      await resume({ id: i.id }).unwrap();
      toast(t('remind.resumed'));
    } catch (e) {
      toast.failed(e);
    }
  };
  const action = writes && open && r && (r.paused_at ? <Button size="small" onClick={() => void goOn()}>{t('remind.resume')}</Button> : <Button size="small" onClick={() => setPausing(true)}>{t('remind.pause')}</Button>);
  return (
    <Section title={t('remind.list')} action={action || undefined}>
      {error && !r ? <ErrorState error={error} onRetry={() => void refetch()} /> : !r ? <SkeletonRows label={t('remind.list')} rows={1} /> : (
        <Box sx={{ display: 'grid', gap: 2 }}>
          {r.items.length > 0 && (
            <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 2 }}>
              {r.items.map((x) => (
                <li key={x.days}>
                  {step(x.days)}
                  <Typography variant="body2" sx={{ color: 'text.secondary' }}>{[t(`remind.outcome.${x.outcome}`), formatMoment(x.at, zone)].join(' · ')}</Typography>
                </li>
              ))}
            </Box>
          )}
          <Typography sx={{ color: 'text.secondary' }}>
            {r.paused_at ? t('remind.paused', { reason: r.reason }) : r.next_on ? t('remind.next', { day: formatDay(r.next_on), step: step(r.next_days) }) : t('remind.none')}
          </Typography>
        </Box>
      )}
      {pausing && <PauseDialog id={i.id} onClose={() => setPausing(false)} />}
    </Section>
  );
}
