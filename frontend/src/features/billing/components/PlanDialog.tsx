import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import CircularProgress from '@mui/material/CircularProgress';
import Typography from '@mui/material/Typography';
import { valibotResolver } from '@hookform/resolvers/valibot';
import { useEffect } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import * as v from 'valibot';
import { problemText } from '../../../shared/api/problem';
import { formatDay } from '../../../shared/lib/dates';
import { formatMoney } from '../../../shared/lib/money';
import { FormDialog } from '../../../shared/ui/dialogs';
import { TextField } from '../../../shared/ui/fields';
import { Facts } from '../../../shared/ui/small';
import { toast } from '../../../shared/ui/Toast';
import { useBillingChangeMutation, useBillingCheckoutMutation, useBillingPreviewMutation } from '../api';
import { useT } from '../locales/en';
import { featureKey, monthly, type Bill, type Plan } from '../model';

/** A plan and a number of seats: what it costs is shown before anything is agreed to. */
export function PlanDialog({ plan, bill, onClose }: { plan: Plan; bill: Bill; onClose: () => void }) {
  const t = useT();
  const least = Math.max(1, bill.seats_used);
  const schema = v.object({ seats: v.pipe(v.string(), v.regex(/^\d{1,4}$/, t('seatsHelp', { count: least })), v.check((s) => Number(s) >= least, t('seatsHelp', { count: least }))) });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { seats: String(Math.max(least, bill.subscribed ? bill.seats_billed : 1)) }, mode: 'onChange' });
  const seats = Number(useWatch({ control: form.control, name: 'seats' })) || 0;
  const [checkout] = useBillingCheckoutMutation();
  const [change] = useBillingChangeMutation();
  const wanted = { plan: plan.id as 'starter' | 'professional' | 'enterprise', seats };
  return (
    <FormDialog
      open
      title={bill.subscribed && plan.id === bill.plan ? t('changeSeats') : t(bill.subscribed ? 'changeTitle' : 'subscribeTitle', { plan: plan.name })}
      form={form}
      submitLabel={t(bill.subscribed ? 'confirm' : 'subscribe')}
      onClose={onClose}
      onSubmit={async () => {
        if (!bill.subscribed) {
          location.assign((await checkout({ seatsWanted: wanted }).unwrap()).url);
          return;
        }
        await change({ seatsWanted: wanted }).unwrap();
        toast(t('changed'));
        onClose();
      }}
    >
      <TextField name="seats" label={t('seatsField')} help={t('seatsHelp', { count: least })} autoFocus />
      {seats >= least && <Typography>{t('costs', { amount: formatMoney({ amount: monthly(plan, seats), currency: plan.currency }) })}</Typography>}
      {bill.subscribed && seats >= least && <Effect wanted={wanted} currency={bill.currency} />}
    </FormDialog>
  );
}

type Wanted = { plan: 'starter' | 'professional' | 'enterprise'; seats: number };

function Effect({ wanted, currency }: { wanted: Wanted; currency: string }) {
  const t = useT();
  const [ask, answer] = useBillingPreviewMutation();
  const { plan, seats } = wanted;
  useEffect(() => {
    // Typing a number is several numbers; the last one counts.
    const wait = setTimeout(() => void ask({ seatsWanted: { plan, seats } }), 300);
    return () => clearTimeout(wait);
  }, [ask, plan, seats]);
  if (answer.error) return <Alert severity="error">{problemText(answer.error)}</Alert>;
  const e = answer.data;
  if (!e || answer.isLoading) return <Box sx={{ minHeight: 72, display: 'grid', placeItems: 'center' }}><CircularProgress size={20} aria-label={t('today')} /></Box>;
  const money = (amount: string) => formatMoney({ amount, currency });
  const nothing = Number(e.today) === 0;
  return (
    <Box sx={{ display: 'grid', gap: 2, minHeight: 72 }}>
      <Facts items={[
        [t('today'), nothing ? t('todayNone') : `${money(e.today)}, ${t(e.at_once ? 'todayNow' : 'todayLater')}`],
        [t('renewal', { day: e.renewal_at ? formatDay(e.renewal_at.slice(0, 10)) : '' }), money(e.renewal)],
      ]} />
      {e.lost.length > 0 && (
        <Alert severity="warning">
          {t('stops', { day: e.ends_at ? formatDay(e.ends_at.slice(0, 10)) : '' })} {e.lost.map((f) => t(featureKey(f))).join(', ')}. {t('kept')}
        </Alert>
      )}
    </Box>
  );
}
