import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { formatDay } from '../../../shared/lib/dates';
import { formatMoney } from '../../../shared/lib/money';
import { Money } from '../../../shared/ui/small';
import { Section } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useInvoicesDeductMutation, useInvoicesDepositsQuery, type InvoiceView } from '../api';
import { useT } from '../locales/en';
import { ifMatch } from '../model';

/** Deposits of the client: those that this draft deducts, and those of which something is left. */
export function Deposits({ invoice: i, version, blocked, onSaved }: { invoice: InvoiceView; version: number; /** Something else is not saved yet. */ blocked: boolean; onSaved: (version: number) => void }) {
  const t = useT();
  const list = useInvoicesDepositsQuery({ clientId: i.client_id });
  const [deduct, { isLoading }] = useInvoicesDeductMutation();
  const taken = i.deductions.map((d) => d.deposit_id);
  const free = (list.data?.items ?? []).filter((d) => d.left.currency === i.currency && !taken.includes(d.id));
  if (i.kind !== 'invoice' || (taken.length === 0 && free.length === 0)) return null;
  const put = async (ids: string[], said: string) => {
    try {
      const saved = await deduct({ id: i.id, 'If-Match': ifMatch(version), invoiceDeductions: { deductions: ids.map((deposit_id) => ({ deposit_id })) } }).unwrap();
      onSaved(saved.version);
      toast(said);
    } catch (e) {
      toast.failed(e);
    }
  };
  const off = blocked || isLoading;
  return (
    <Section title={t('deposit.title')}>
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 3 }}>
        {i.deductions.map((d) => (
          <Box component="li" key={d.deposit_id} sx={{ display: 'flex', gap: 3, alignItems: 'center', flexWrap: 'wrap' }}>
            <Typography sx={{ flex: '1 1 160px' }}>{t('deposit.taken', { number: d.number, day: formatDay(d.on) })}</Typography>
            <Money value={d.total} />
            <Button size="small" color="inherit" disabled={off} onClick={() => void put(taken.filter((id) => id !== d.deposit_id), t('deposit.undone'))}>{t('deposit.remove')}</Button>
          </Box>
        ))}
        {free.map((d) => (
          <Box component="li" key={d.id} sx={{ display: 'flex', gap: 3, alignItems: 'center', flexWrap: 'wrap' }}>
            <Box sx={{ flex: '1 1 160px' }}>
              <Typography>{t('deposit.left', { left: formatMoney(d.value), number: d.number, day: formatDay(d.issue_on) })}</Typography>
              {Number(d.balance.amount) > 0 && <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('deposit.unpaid', { balance: formatMoney(d.balance) })}</Typography>}
            </Box>
            <Button size="small" variant="outlined" disabled={off || i.lines.length === 0} onClick={() => void put([...taken, d.id], t('deposit.done', { number: d.number }))}>{t('deposit.add')}</Button>
          </Box>
        ))}
      </Box>
      {blocked && <Typography variant="body2" sx={{ color: 'text.secondary', mt: 2 }}>{t('deposit.saveFirst')}</Typography>}
    </Section>
  );
}
