import Box from '@mui/material/Box';
import Popover from '@mui/material/Popover';
import Typography from '@mui/material/Typography';
import type { EntryRatePart, TimeEntryView } from '../../../shared/api/gen/time.gen';
import { formatDay } from '../../../shared/lib/dates';
import { formatDuration } from '../../../shared/lib/duration';
import { formatMoney } from '../../../shared/lib/money';
import { useT } from '../locales/en';

/** The server's sentence, with its days as they are written everywhere. */
const said = (text: string) => text.replaceAll(/\d{4}-\d{2}-\d{2}/g, (d) => formatDay(d).replaceAll(' ', '\u00a0'));

/** Which rate an entry has, and why that one. */
export function WhyRate({ entry: e, anchor, onClose }: { entry: TimeEntryView; anchor: HTMLElement; onClose: () => void }) {
  const t = useT();
  const tiered = (p: EntryRatePart) => {
    const part = t(p.over_seconds > 0 ? 'entry.tierOver' : 'entry.tierFirst', { time: formatDuration(p.billed_seconds), amount: formatMoney({ amount: p.per_hour ?? '', currency: e.rate?.currency ?? '' }), over: formatDuration(p.over_seconds) });
    return p.kind === 'ordinary' ? part : t('entry.tierTimes', { part, kind: t(`entry.kinds.${p.kind}`), factor: p.factor });
  };
  return (
    <Popover open anchorEl={anchor} onClose={onClose} anchorOrigin={{ vertical: 'bottom', horizontal: 'right' }} transformOrigin={{ vertical: 'top', horizontal: 'right' }} slotProps={{ paper: { role: 'dialog', 'aria-label': t('entry.rateTitle'), sx: { p: 4, maxWidth: 340, border: 1, borderColor: 'divider' } } }}>
      <Typography variant="h3" component="h2">{t('entry.rateTitle')}</Typography>
      {e.rate ? (
        <>
          <Typography sx={{ mt: 2, fontWeight: 620 }}>
            {t(e.rate.counted_since ? 'entry.perHourFirst' : 'entry.perHour', { amount: formatMoney({ amount: e.rate.per_hour, currency: e.rate.currency }) })}
            {e.amount && ` · ${formatMoney(e.amount)}`}
          </Typography>
          {e.rate.parts.length > 0 && (
            <Box component="ul" aria-label={t('entry.countsAs')} sx={{ listStyle: 'none', m: 0, mt: 2, p: 0, fontVariantNumeric: 'tabular-nums' }}>
              {e.rate.parts.map((p) => (
                <li key={`${p.kind}${p.at_seconds}`}>{p.per_hour !== null ? tiered(p) : p.kind === 'ordinary' ? t('entry.partOnce', { time: formatDuration(p.billed_seconds) }) : t('entry.part', { time: formatDuration(p.billed_seconds), kind: t(`entry.kinds.${p.kind}`), factor: p.factor })}</li>
              ))}
            </Box>
          )}
          <Typography className="said" sx={{ mt: 1 }}>{said(e.rate.why)}</Typography>
          {e.rate.counted_since && <Typography sx={{ mt: 1 }}>{t(`entry.counted.${e.rate.counted_per || 'line'}`, { day: formatDay(e.rate.counted_since) })}</Typography>}
          {e.rate.hours_why && <Typography className="said" sx={{ mt: 1 }}>{said(e.rate.hours_why)}</Typography>}
          {e.rate.card && !e.rate.why.includes(e.rate.card) && <Typography variant="body2" sx={{ mt: 1, color: 'text.secondary' }}>{t('entry.card')}: {e.rate.card}</Typography>}
        </>
      ) : (
        <Typography sx={{ mt: 2 }}>{t('entry.noRateText')}</Typography>
      )}
    </Popover>
  );
}
