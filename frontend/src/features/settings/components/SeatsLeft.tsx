import Typography from '@mui/material/Typography';
import { useBillingGetQuery, useBillingPlansQuery } from '../../../shared/api/gen/billing.gen';
import { useCan } from '../../../shared/lib/me';
import { formatMoney } from '../../../shared/lib/money';
import { useT } from '../locale';

/** How many seats there are, before somebody is invited to one, and what one more costs. Contacts take none. */
export function SeatsLeft() {
  const t = useT();
  const skip = !useCan()('billing.account.read');
  const { data } = useBillingGetQuery(undefined, { skip });
  const plans = useBillingPlansQuery(undefined, { skip });
  if (!data) return null;
  const plan = plans.data?.items.find((p) => p.id === data.access.plan);
  const most = data.access.max_seats;
  const price = plan && data.subscribed ? formatMoney({ amount: plan.price, currency: plan.currency }) : null;
  return (
    <Typography variant="body2" sx={{ color: 'text.secondary' }}>
      {most ? t('invite.seatsOf', { used: data.seats_used, reserved: data.seats_reserved, most }) : t('invite.seats', { used: data.seats_used, reserved: data.seats_reserved })}{' '}
      {price && data.seats_used + data.seats_reserved >= data.seats_paid && t('invite.seatCosts', { price })}
    </Typography>
  );
}
