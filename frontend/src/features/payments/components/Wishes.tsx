import Box from '@mui/material/Box';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import { toast } from '../../../shared/ui/Toast';
import { usePaymentAccountChangeMutation, type PaymentAccount } from '../api';
import { useT } from '../locales/en';

/** What clients can do. A tick counts at once, and another takes it back. */
export function Wishes({ account: a, writes }: { account: PaymentAccount; writes: boolean }) {
  const t = useT();
  const [change, { isLoading }] = usePaymentAccountChangeMutation();
  const set = async (body: { offered?: boolean; parts?: boolean }) => {
    try {
      await change({ 'If-Match': `"${a.version}"`, paymentAccountChange: body }).unwrap();
      toast(t('saved'));
    } catch (e) {
      toast.failed(e);
    }
  };
  return (
    <Box sx={{ display: 'grid' }}>
      <FormControlLabel disabled={!writes || isLoading} label={t('offered')} control={<Checkbox checked={a.offered} onChange={(_, offered) => void set({ offered })} />} />
      <FormControlLabel disabled={!writes || isLoading || !a.offered} label={t('parts')} control={<Checkbox checked={a.parts} onChange={(_, parts) => void set({ parts })} />} />
    </Box>
  );
}
