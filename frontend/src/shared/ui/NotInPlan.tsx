import Alert from '@mui/material/Alert';
import Link from '@mui/material/Link';
import { Link as RouterLink } from 'react-router';
import { useBillingPlansQuery } from '../api/gen/billing.gen';
import { useCommon } from '../lib/i18n';
import { useCan, useMe } from '../lib/me';
import { formatMoney } from '../lib/money';

/** Whether the agency's plan lacks a function. It stays visible; `NotInPlan` says where it is to be had. */
export function useLacks(feature: string): boolean {
  const features = useMe()?.access?.features;
  return features !== undefined && !features.includes(feature);
}

/** Says which plan holds a function that the agency's does not, what it costs, and where it is bought. */
export function NotInPlan({ feature }: { feature: string }) {
  const t = useCommon();
  const pays = useCan()('billing.account.read');
  const plan = useBillingPlansQuery().data?.items.find((p) => p.features.includes(feature));
  return (
    <Alert severity="info" sx={{ minHeight: 50 }}>
      {plan ? t('plan.lacks', { plan: plan.name, price: formatMoney({ amount: plan.price, currency: plan.currency }, { cents: false }) }) : t('plan.lacksShort')}{' '}
      {pays && <Link component={RouterLink} to="/settings/billing" underline="always">{t('plan.see')}</Link>}
    </Alert>
  );
}
