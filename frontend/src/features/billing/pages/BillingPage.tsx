import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useEffect, useRef, useState } from 'react';
import { useDispatch } from 'react-redux';
import { useSearchParams } from 'react-router';
import { problemText } from '../../../shared/api/problem';
import { formatDay } from '../../../shared/lib/dates';
import { useCan } from '../../../shared/lib/me';
import { formatMoney } from '../../../shared/lib/money';
import { ConfirmDialog } from '../../../shared/ui/dialogs';
import { later } from '../../../shared/ui/later';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { Figure, Figures } from '../../../shared/ui/small';
import { ErrorState, Section, SkeletonPage } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { forgetBill, useBillingCancelMutation, useBillingGetQuery, useBillingPayMutation, useBillingPlansQuery, useBillingPortalMutation, useBillingRefreshMutation, useBillingResumeMutation } from '../api';
import { Invoices } from '../components/Invoices';
import { Plans } from '../components/Plans';
import { useT } from '../locales/en';
import { levelKey, reasonKey, type Bill, type Plan } from '../model';

const PlanDialog = later(async () => (await import('../components/PlanDialog')).PlanDialog);
const Quarters = later(async () => (await import('../components/Quarters')).Quarters);
const SeatsChart = later(async () => (await import('../components/SeatsChart')).SeatsChart);

/** The agency's own bill: what it has, what that costs, and how to change it. */
export function BillingPage() {
  const t = useT();
  const bill = useBillingGetQuery();
  const plans = useBillingPlansQuery();
  const bought = useBought();
  return (
    <Box sx={{ maxWidth: 960 }}>
      <PageHeader title={t('title')} sub={t('sub')} up={{ to: '/settings', label: t('up') }} />
      {bought && <Alert severity={bought === 'found' ? 'success' : 'info'} sx={{ mb: 4 }}>{t(bought === 'found' ? 'bought' : 'checking')}</Alert>}
      {bill.data && plans.data ? <Shown bill={bill.data} plans={plans.data.items} /> : bill.error ? <ErrorState error={bill.error} onRetry={() => void bill.refetch()} /> : <SkeletonPage />}
    </Box>
  );
}

/** Back from the purchase page: coming back proves nothing, so the provider is asked. */
function useBought(): '' | 'looking' | 'found' {
  const [params, setParams] = useSearchParams();
  const [state, setState] = useState<'' | 'looking' | 'found'>(params.has('bought') ? 'looking' : '');
  const [refresh] = useBillingRefreshMutation();
  const dispatch = useDispatch();
  const asked = useRef(false);
  useEffect(() => {
    if (state !== 'looking' || asked.current) return;
    asked.current = true;
    void refresh()
      .unwrap()
      .then((b) => setState(b.subscribed ? 'found' : ''))
      .catch((e: unknown) => {
        setState('');
        toast(problemText(e));
      })
      .finally(() => {
        dispatch(forgetBill());
        setParams({}, { replace: true });
      });
  }, [state, refresh, dispatch, setParams]);
  return state;
}

const dayOf = (instant: string | null | undefined) => (instant ? formatDay(instant.slice(0, 10)) : '');

function Shown({ bill, plans }: { bill: Bill; plans: Plan[] }) {
  const t = useT();
  const writes = useCan()('billing.account.write');
  const [choosing, setChoosing] = useState<Plan | null>(null);
  const nameOf = (id: string) => plans.find((p) => p.id === id)?.name ?? id;
  const money = (amount: string) => formatMoney({ amount, currency: bill.currency });
  const planOf = (id: string) => plans.find((p) => p.id === id) ?? null;
  const renews = bill.subscribed && !bill.cancel_at_period_end;
  const shrinking = renews && bill.plan !== bill.paid_plan;
  return (
    <Box sx={{ display: 'grid', gap: 6 }}>
      <State bill={bill} plan={nameOf(bill.access.plan)} writes={writes} />
      {shrinking && (
        <Alert severity="info" action={writes && <Button color="inherit" size="small" onClick={() => setChoosing(planOf(bill.paid_plan))}>{t('keepPlan', { plan: nameOf(bill.paid_plan) })}</Button>}>
          {t('smaller', { plan: nameOf(bill.plan), day: dayOf(bill.period_end) })} {bill.access.seat_limit ? t('smallerSeats', { count: bill.access.seat_limit }) : ''}
        </Alert>
      )}
      <Figures>
        <Figure label={t('plan')} value={nameOf(bill.access.plan)} note={shrinking ? t('planNext', { plan: nameOf(bill.plan), day: dayOf(bill.period_end) }) : t(levelKey(bill.access.level))} />
        <Figure label={t('seats')} value={bill.subscribed ? `${bill.seats_used} / ${bill.seats_paid}` : `${bill.seats_used} / ${bill.access.max_seats ?? '∞'}`} note={t('seatsNote', { used: bill.seats_used, reserved: bill.seats_reserved })} />
        <Figure label={t('next')} value={renews ? money(bill.renewal) : t('none')} note={renews ? t('nextNote', { day: dayOf(bill.period_end) }) : bill.subscribed ? t('endsNote', { day: dayOf(bill.period_end) }) : undefined} />
      </Figures>
      <Plans plans={plans} current={bill.access.plan} subscribed={bill.subscribed} onChoose={writes ? setChoosing : undefined} />
      {writes && <Actions bill={bill} onSeats={() => setChoosing(planOf(bill.plan))} />}
      <Section title={t('over')}><SeatsChart /></Section>
      {bill.by_quarter && <Section title={t('quarters')} pad={false}><Quarters /></Section>}
      <Section title={t('invoices')}><Invoices /></Section>
      {choosing && <PlanDialog plan={choosing} bill={bill} onClose={() => setChoosing(null)} />}
    </Box>
  );
}

const severities = { full: 'info', grace: 'warning', read_only: 'warning', suspended: 'error', closed: 'error', setup: 'warning' } as const;

/** Why things are as they are, until when, and what comes then. */
function State({ bill, plan, writes }: { bill: Bill; plan: string; writes: boolean }) {
  const t = useT();
  const [pay, paying] = useBillingPayMutation();
  const [now] = useState(Date.now);
  const a = bill.access;
  const reason = a.reasons[0] ?? 'in_order';
  const owes = ['payment_past_due', 'payment_failed'].includes(reason);
  if (a.level === 'full' && reason === 'in_order' && !bill.pending_until) return null;
  const trial = reason === 'trial' && bill.trial_ends_at;
  // While suspended only the clients' look ends by itself; to the owner nothing changes.
  const changes = a.level !== 'full' && a.next !== a.level;
  const text = trial
    ? `${t('trialLeft', { count: Math.max(0, Math.ceil((Date.parse(bill.trial_ends_at ?? '') - now) / 86_400_000)) })}. ${t('trialText', { plan, seats: a.max_seats, day: dayOf(bill.trial_ends_at) })}`
    : [t(reasonKey(reason), { day: dayOf(bill.period_end) }), changes && a.until ? t('until', { day: dayOf(a.until) }) : '', changes && a.next ? t('afterwards', { level: t(levelKey(a.next)) }) : ''].filter(Boolean).join(' ');
  const collect = async () => {
    try {
      await pay().unwrap();
      toast(t('paid'));
    } catch (e) {
      toast(problemText(e));
    }
  };
  return (
    <Box sx={{ display: 'grid', gap: 2 }}>
      <Alert severity={severities[a.level]} action={owes && writes ? <Button color="inherit" size="small" loading={paying.isLoading} onClick={() => void collect()}>{t('pay')}</Button> : undefined}>{text}</Alert>
      {bill.pending_until && <Alert severity="warning">{t('waiting', { day: dayOf(bill.pending_until) })}</Alert>}
    </Box>
  );
}

function Actions({ bill, onSeats }: { bill: Bill; onSeats: () => void }) {
  const t = useT();
  const [portal, opening] = useBillingPortalMutation();
  const [cancel] = useBillingCancelMutation();
  const [resume, resuming] = useBillingResumeMutation();
  const [asking, setAsking] = useState(false);
  const attempt = async (fn: () => Promise<unknown>) => {
    try {
      await fn();
    } catch (e) {
      toast(problemText(e));
    }
  };
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 2 }}>
      {bill.subscribed && <Button variant="outlined" onClick={onSeats}>{t('changeSeats')}</Button>}
      <Button variant="outlined" loading={opening.isLoading} onClick={() => void attempt(async () => location.assign((await portal().unwrap()).url))}>{t('portal')}</Button>
      {bill.subscribed && !bill.cancel_at_period_end && <Button color="error" onClick={() => setAsking(true)}>{t('cancel')}</Button>}
      {bill.subscribed && bill.cancel_at_period_end && (
        <Button variant="contained" loading={resuming.isLoading} onClick={() => void attempt(async () => { await resume().unwrap(); toast(t('resumed')); })}>{t('resume')}</Button>
      )}
      <ConfirmDialog
        open={asking}
        title={t('cancelTitle')}
        text={t('cancelText', { day: dayOf(bill.period_end) })}
        confirmLabel={t('cancelConfirm')}
        danger
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          await cancel().unwrap();
          toast(t('cancelled'));
        }}
      />
    </Box>
  );
}
