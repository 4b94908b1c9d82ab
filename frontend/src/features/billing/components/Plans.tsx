import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { formatMoney } from '../../../shared/lib/money';
import { StatusChip } from '../../../shared/ui/small';
import { useT } from '../locales/en';
import { featureKey, type Plan } from '../model';

type Props = { plans: Plan[]; current: string; subscribed: boolean; onChoose?: (p: Plan) => void };

/** The plans beside one another, with everything that each holds. */
export function Plans({ plans, current, subscribed, onChoose }: Props) {
  const t = useT();
  return (
    <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 4, gridTemplateColumns: { xs: '1fr', md: 'repeat(3, minmax(0, 1fr))' } }}>
      {plans.map((p) => {
        const mine = p.id === current && subscribed;
        return (
          <Box component="li" key={p.id} sx={{ border: 1, borderColor: mine ? 'primary.main' : 'divider', borderRadius: 1, bgcolor: 'background.paper', p: 4, display: 'flex', flexDirection: 'column', gap: 2 }}>
            <Box sx={{ display: 'flex', alignItems: 'center', gap: 2 }}>
              <Typography variant="h6" component="h2">{p.name}</Typography>
              {mine && <StatusChip label={t('current')} tone="brand" />}
            </Box>
            <Box>
              <Typography component="span" variant="h4" sx={{ fontVariantNumeric: 'tabular-nums' }}>{formatMoney({ amount: p.price, currency: p.currency }, { cents: false })}</Typography>{' '}
              <Typography component="span" variant="body2" sx={{ color: 'text.secondary' }}>{t('month')}</Typography>
            </Box>
            <Box component="ul" sx={{ m: 0, pl: 5, flex: 1, color: 'text.secondary' }}>
              <li>{p.max_seats ? t('upTo', { count: p.max_seats }) : t('anyNumber')}</li>
              <li>{t('all')}</li>
              {p.features.map((f) => <li key={f}>{t(featureKey(f))}</li>)}
            </Box>
            {onChoose && !mine && <Button variant={subscribed ? 'outlined' : 'contained'} onClick={() => onChoose(p)}>{t('choose', { plan: p.name })}</Button>}
          </Box>
        );
      })}
    </Box>
  );
}
