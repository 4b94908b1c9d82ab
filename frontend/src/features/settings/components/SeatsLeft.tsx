import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import { useEffect } from 'react';
import { Link as To } from 'react-router';
import { useBillingGetQuery, useBillingPreviewMutation, type BillingAccountView, type SeatsWanted } from '../../../shared/api/gen/billing.gen';
import { formatDay } from '../../../shared/lib/dates';
import { useCan } from '../../../shared/lib/me';
import { formatMoney } from '../../../shared/lib/money';
import { useT } from '../locale';

/** How many seats there are, before somebody is invited to one, and what so many more cost. Contacts take none. */
export function SeatsLeft({ more }: { more: number }) {
  const t = useT();
  const can = useCan();
  const { data: bill } = useBillingGetQuery(undefined, { skip: !can('billing.account.read') });
  if (!bill) return null;
  const { seats_used: used, seats_reserved: reserved, seats_paid: paid, access } = bill;
  const most = access.seat_limit;
  const full = most !== null && used + reserved + more > most;
  return (
    <Typography component="div" variant="body2" sx={{ color: 'text.secondary' }}>
      {bill.subscribed ? t('invite.seatsPaid', { used, paid, reserved }) : most ? t('invite.seatsOf', { used, reserved, most }) : t('invite.seats', { used, reserved })}
      {full && <> {t('invite.seatsFull', { most, free: Math.max(0, most - used - reserved) })} <Link component={To} to="/settings/billing" underline="always">{t('invite.seatsPlan')}</Link></>}
      {!full && bill.subscribed && !bill.by_quarter && can('billing.account.write') && <Effect bill={bill} more={more} />}
    </Typography>
  );
}

/** The provider's own figures, for everybody who is invited and for those about to be. */
function Effect({ bill, more }: { bill: BillingAccountView; more: number }) {
  const t = useT();
  const [ask, answer] = useBillingPreviewMutation();
  const plan = bill.plan as SeatsWanted['plan'];
  const seats = Math.max(bill.seats_billed, bill.seats_used + bill.seats_reserved + more);
  useEffect(() => {
    // Addresses are typed letter by letter; the last number counts.
    const wait = setTimeout(() => void ask({ seatsWanted: { plan, seats } }), 300);
    return () => clearTimeout(wait);
  }, [ask, plan, seats]);
  const e = answer.data;
  const money = (amount: string) => formatMoney({ amount, currency: bill.currency });
  return (
    <div aria-live="polite" style={{ minHeight: '3em' }}>
      {e && t('invite.seatsCost', {
        today: Number(e.today) === 0 ? t('invite.seatsCostNothing') : t(e.at_once ? 'invite.seatsCostNow' : 'invite.seatsCostLater', { amount: money(e.today) }),
        renewal: money(e.renewal), now: money(bill.renewal), day: formatDay((e.renewal_at ?? '').slice(0, 10)),
      })}
    </div>
  );
}
