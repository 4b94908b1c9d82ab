import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useEffect, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';
import { problemText } from '../../../shared/api/problem';
import { formatMoment } from '../../../shared/lib/dates';
import { useCan, useMe } from '../../../shared/lib/me';
import { ConfirmDialog } from '../../../shared/ui/dialogs';
import { later } from '../../../shared/ui/later';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { Facts, StatusChip, type Tone } from '../../../shared/ui/small';
import { ErrorState, Section, SkeletonPage } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { usePaymentAccountDisconnectMutation, usePaymentAccountGetQuery, usePaymentAccountReconnectMutation, usePaymentAccountRefreshMutation, type PaymentAccount } from '../api';
import { Differences } from '../components/Differences';
import { Wishes } from '../components/Wishes';
import { useT } from '../locales/en';

const ConnectDialog = later(async () => (await import('../components/ConnectDialog')).ConnectDialog);
const tones: Record<PaymentAccount['state'], Tone> = { none: 'neutral', unfinished: 'warning', restricted: 'warning', ready: 'success', disconnected: 'neutral', gone: 'danger' };

/** Payments on line: the agency's account at the provider, what clients can do, and what somebody has to look at. */
export function AccountPage() {
  const t = useT();
  const account = usePaymentAccountGetQuery();
  const looking = useBack();
  const a = account.data;
  return (
    <Box sx={{ maxWidth: 760 }}>
      <PageHeader title={t('title')} sub={t('sub')} up={{ to: '/settings', label: t('up') }} chip={a?.available && <StatusChip label={t(`state.${a.state}`)} tone={tones[a.state]} />} />
      {looking && <Alert severity="info" sx={{ mb: 4 }}>{t('checking')}</Alert>}
      {a ? <Shown account={a} /> : account.error ? <ErrorState error={account.error} onRetry={() => void account.refetch()} /> : <SkeletonPage />}
    </Box>
  );
}

/** Back from the provider's pages: coming back proves nothing, so the provider is asked. */
function useBack(): boolean {
  const [params, setParams] = useSearchParams();
  const [refresh, { isLoading }] = usePaymentAccountRefreshMutation();
  const asked = useRef(false);
  const back = params.has('back') || params.has('again');
  useEffect(() => {
    if (!back || asked.current) return;
    asked.current = true;
    void refresh().unwrap().catch((e: unknown) => toast(problemText(e))).finally(() => setParams({}, { replace: true }));
  }, [back, refresh, setParams]);
  return isLoading;
}

function Shown({ account: a }: { account: PaymentAccount }) {
  const t = useT();
  const can = useCan();
  const zone = useMe()?.agency.time_zone;
  const writes = can('payments.account.write');
  const [connecting, setConnecting] = useState(false);
  const [asking, setAsking] = useState(false);
  const [refresh, refreshing] = usePaymentAccountRefreshMutation();
  const [disconnect] = usePaymentAccountDisconnectMutation();
  const [reconnect, reconnecting] = usePaymentAccountReconnectMutation();
  if (!a.available) return <Alert severity="info">{t('unset')}</Alert>;
  const tell = (done: Promise<unknown>) => void done.catch((e: unknown) => toast.failed(e));
  const unfinished = a.state === 'unfinished' || a.state === 'restricted';
  return (
    <Box sx={{ display: 'grid' }}>
      <Box sx={{ border: 1, borderColor: 'divider', borderRadius: 1, bgcolor: 'background.paper', p: 4, mb: 4, display: 'grid', gap: 4 }}>
        <Typography>{t(`says.${a.state}`)}</Typography>
        {a.due.length > 0 && a.state !== 'none' && <Typography variant="body2" sx={{ color: 'text.secondary', overflowWrap: 'anywhere' }}>{t('due', { what: a.due.map((d) => d.replaceAll('_', ' ').replaceAll('.', ' ')).join(', ') })}</Typography>}
        {a.account_id && <Facts items={[[t('facts.account'), a.account_id], [t('facts.compared'), a.compared_at ? t('facts.count', { at: formatMoment(a.compared_at, zone), count: a.compared_count }) : t('facts.never')]]} />}
        {writes && (
          <Box sx={{ display: 'flex', gap: 2, flexWrap: 'wrap' }}>
            {(a.state === 'none' || a.state === 'gone') && <Button variant="contained" onClick={() => setConnecting(true)}>{t('connect')}</Button>}
            {unfinished && <Button variant="contained" onClick={() => setConnecting(true)}>{t('goOn')}</Button>}
            {unfinished && <Button variant="outlined" disabled={refreshing.isLoading} onClick={() => tell(refresh().unwrap())}>{t('check')}</Button>}
            {a.state === 'ready' && <Button variant="outlined" onClick={() => setAsking(true)}>{t('disconnect')}</Button>}
            {a.state === 'disconnected' && <Button variant="contained" disabled={reconnecting.isLoading} onClick={() => tell(reconnect().unwrap())}>{t('reconnect')}</Button>}
          </Box>
        )}
      </Box>
      <Section title={t('settings')}><Wishes key={`${a.offered}${a.parts}`} account={a} writes={writes} /></Section>
      {can('payments.differences.write') && <Differences compared={a.compared_at !== null} />}
      {connecting && <ConnectDialog account={a} onClose={() => setConnecting(false)} />}
      <ConfirmDialog
        open={asking}
        title={t('disconnectTitle')}
        text={t('disconnectText')}
        confirmLabel={t('disconnect')}
        onClose={() => setAsking(false)}
        onConfirm={async () => { await disconnect().unwrap(); }}
      />
    </Box>
  );
}
