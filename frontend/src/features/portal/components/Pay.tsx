import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useEffect, useState } from 'react';
import { useDispatch } from 'react-redux';
import { useSearchParams } from 'react-router';
import type { PortalAttempt, PortalPayable } from '../../../shared/api/gen/portal.gen';
import { portalApi } from '../../../shared/api/gen/portal.gen';
import { session } from '../../../shared/api/session';
import { formatMoney } from '../../../shared/lib/money';
import { later } from '../../../shared/ui/later';
import { toast } from '../../../shared/ui/Toast';
import { useAs, usePayableAsQuery, usePayInvoiceMutation } from '../api';
import { useT } from '../locales/en';

const PartDialog = later(async () => (await import('./PartDialog')).PartDialog);

/** How often the page asks whether the provider's confirmation has come. */
const often = 1500;

/** The way to pay an invoice on line, and what became of the last attempt. The box keeps its height while it is asked for. */
export function Pay({ id, status }: { id: string; status: string }) {
  const { as } = useAs();
  const back = useSearchParams()[0].get('paid') ?? '';
  const [ended, setEnded] = useState(false);
  const waits = back !== '' && !ended;
  const { data } = usePayableAsQuery({ as, id }, { pollingInterval: waits ? often : 0 });
  const last = data?.last;
  const open = last && (last.state === 'open' || last.state === 'opening');
  const dispatch = useDispatch();
  useEffect(() => {
    if (!waits || !last || open) return;
    setEnded(true);
    dispatch(portalApi.util.invalidateTags(['portal'])); // the balance is another one now
  }, [waits, last, open, dispatch]);
  const settled = status === 'paid' || status === 'void' || status === 'written_off' || status === 'credited';
  if (data && !data.offered && !last) return null;
  if (settled && !last && !data) return null;
  return (
    <Box sx={{ minHeight: { xs: settled ? 50 : 104, sm: 66 }, mb: 4, display: 'grid', gap: 3, alignContent: 'start' }}>
      {data && last && <What last={last} waits={waits} />}
      {data?.offered && !(waits && open) && !as && <Buttons id={id} payable={data} />}
    </Box>
  );
}

/** What became of the last attempt. One that was given up without trying a card says nothing. */
function What({ last, waits }: { last: PortalAttempt; waits: boolean }) {
  const t = useT();
  const sum = formatMoney(last.amount);
  switch (last.state) {
    case 'opening':
    case 'open':
      if (waits) return <Alert severity="info" role="status">{t('pay.waiting', { sum })}</Alert>;
      return last.failure ? <Alert severity="error" role="status">{t('pay.failed', { sum, why: last.failure })}</Alert> : null;
    case 'processing':
      return <Alert severity="info" role="status">{t('pay.processing', { sum })}</Alert>;
    case 'paid':
      return <Alert severity="success" role="status">{t('pay.paid', { sum })}</Alert>;
    case 'failed':
      return <Alert severity="error" role="status">{t('pay.failed', { sum, why: last.failure })}</Alert>;
    case 'held':
      return <Alert severity="warning" role="status">{t('pay.held', { sum })}</Alert>;
    default:
      return waits ? <Alert severity="info" role="status">{t('pay.expired', { sum })}</Alert> : null;
  }
}

function Buttons({ id, payable: p }: { id: string; payable: PortalPayable }) {
  const t = useT();
  const [pay, { isLoading }] = usePayInvoiceMutation();
  const [part, setPart] = useState(false);
  const go = async () => {
    try {
      session.go((await pay({ id, body: {} }).unwrap()).url);
    } catch (e) {
      toast.failed(e);
    }
  };
  return (
    <Box sx={{ display: 'flex', gap: 2, flexWrap: 'wrap', alignItems: 'center' }}>
      <Button variant="contained" disabled={isLoading} onClick={() => void go()}>{t('pay.now', { sum: formatMoney(p.open) })}</Button>
      {p.parts && <Button variant="outlined" onClick={() => setPart(true)}>{t('pay.part')}</Button>}
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('pay.note')}</Typography>
      {part && <PartDialog id={id} open={p.open} onClose={() => setPart(false)} />}
    </Box>
  );
}
