import Popover from '@mui/material/Popover';
import Typography from '@mui/material/Typography';
import type { TimeEntryView } from '../../../shared/api/gen/time.gen';
import { formatMoney } from '../../../shared/lib/money';
import { useT } from '../locales/en';

/** Which rate an entry has, and why that one. */
export function WhyRate({ entry: e, anchor, onClose }: { entry: TimeEntryView; anchor: HTMLElement; onClose: () => void }) {
  const t = useT();
  return (
    <Popover open anchorEl={anchor} onClose={onClose} anchorOrigin={{ vertical: 'bottom', horizontal: 'right' }} transformOrigin={{ vertical: 'top', horizontal: 'right' }} slotProps={{ paper: { role: 'dialog', 'aria-label': t('entry.rateTitle'), sx: { p: 4, maxWidth: 340 } } }}>
      <Typography variant="h3" component="h2">{t('entry.rateTitle')}</Typography>
      {e.rate ? (
        <>
          <Typography sx={{ mt: 2, fontWeight: 620 }}>
            {t('entry.perHour', { amount: formatMoney({ amount: e.rate.per_hour, currency: e.rate.currency }) })}
            {e.amount && ` · ${formatMoney(e.amount)}`}
          </Typography>
          <Typography className="said" sx={{ mt: 1 }}>{e.rate.why}</Typography>
          {e.rate.card && <Typography variant="body2" sx={{ mt: 1, color: 'text.secondary' }}>{t('entry.card')}: {e.rate.card}</Typography>}
        </>
      ) : (
        <Typography sx={{ mt: 2 }}>{t('entry.noRateText')}</Typography>
      )}
    </Popover>
  );
}
