import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { formatMoment } from '../../../shared/lib/dates';
import { useCan, useMe } from '../../../shared/lib/me';
import { later } from '../../../shared/ui/later';
import { Section } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useReviewSendMutation, useReviewSettingsQuery, type InvoiceView } from '../api';
import { useT } from '../locales/en';
import { ifMatch } from '../model';

const ApproveDialog = later(async () => (await import('./ReviewDialogs')).ApproveDialog);
const BackDialog = later(async () => (await import('./ReviewDialogs')).BackDialog);

/** How far the review of a draft is, and the next step of it. */
export function Review({ invoice: i, blocked }: { invoice: InvoiceView; blocked?: boolean }) {
  const t = useT();
  const can = useCan();
  const zone = useMe()?.agency.time_zone;
  const settings = useReviewSettingsQuery();
  const [send] = useReviewSendMutation();
  const [open, setOpen] = useState<'approve' | 'back' | null>(null);
  const r = i.review;
  const waits = r.state === 'in_review';
  const decided = waits || r.state === 'ready';
  const ask = async () => {
    try {
      await send({ id: i.id, 'If-Match': ifMatch(i.version) }).unwrap();
      toast(t('review.sent'));
    } catch (e) {
      toast.failed(e);
    }
  };
  const reviews = can('invoicing.invoices.review');
  return (
    <Section title={t('review.title')}>
      <Box sx={{ display: 'grid', gap: 3 }}>
        {r.state === 'back' && <Alert severity="warning"><strong>{t('review.back', { name: r.by_name })}</strong> {r.reason}</Alert>}
        {r.outdated && <Alert severity="info">{t('review.outdated')}</Alert>}
        {waits && <Typography>{t(r.sent_by_name ? 'review.waits' : 'review.waitsSince', { name: r.sent_by_name, at: r.sent_at ? formatMoment(r.sent_at, zone) : '' })}</Typography>}
        {r.state === 'ready' && <Typography>{t('review.approved', { name: r.by_name, at: r.at ? formatMoment(r.at, zone) : '' })}{r.reason && ` ${t('review.own', { reason: r.reason })}`}</Typography>}
        {!decided && <Typography sx={{ color: 'text.secondary' }}>{t(settings.data?.required ? 'review.needed' : 'review.about')}</Typography>}
        <Box sx={{ display: 'flex', gap: 2, flexWrap: 'wrap' }}>
          {!decided && can('invoicing.invoices.write') && <Button variant="outlined" disabled={blocked || i.lines.length === 0} onClick={() => void ask()}>{t('review.send')}</Button>}
          {waits && reviews && <Button variant="contained" disabled={blocked} onClick={() => setOpen('approve')}>{t('review.approve')}</Button>}
          {decided && reviews && <Button variant="outlined" disabled={blocked} onClick={() => setOpen('back')}>{t('review.sendBack')}</Button>}
        </Box>
      </Box>
      {open === 'approve' && <ApproveDialog invoice={i} onClose={() => setOpen(null)} />}
      {open === 'back' && <BackDialog invoice={i} onClose={() => setOpen(null)} />}
    </Section>
  );
}
