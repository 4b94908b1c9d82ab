import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { formatDay } from '../../../shared/lib/dates';
import { useCan } from '../../../shared/lib/me';
import { Money } from '../../../shared/ui/small';
import { Section } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useWriteOffsListQuery, useWriteOffsUndoMutation } from '../api';
import { useT } from '../locales/en';

/** What was given up of an invoice, undone parts included. */
export function WriteOffs({ id }: { id: string }) {
  const t = useT();
  const writes = useCan()('invoicing.payments.write');
  const list = useWriteOffsListQuery({ id });
  const [undo] = useWriteOffsUndoMutation();
  if (!list.data || list.data.items.length === 0) return null;
  const takeBack = async (writeOffId: string) => {
    try {
      await undo({ id: writeOffId, paymentUndo: {} }).unwrap();
      toast(t('off.undone'));
    } catch (e) {
      toast.failed(e);
    }
  };
  return (
    <Section title={t('off.list')}>
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 3 }}>
        {list.data.items.map((w) => (
          <Box component="li" key={w.id} sx={{ display: 'flex', gap: 3, alignItems: 'center' }}>
            <Box sx={{ flex: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
              {formatDay(w.written_on)}
              <Typography variant="body2" sx={{ color: 'text.secondary' }}>{[w.reason, w.undone_at && t('pay.undone')].filter(Boolean).join(' · ')}</Typography>
            </Box>
            <Box component={w.undone_at ? 's' : 'span'}><Money value={w.amount} /></Box>
            {writes && !w.undone_at && <Button size="small" onClick={() => void takeBack(w.id)}>{t('off.undo')}</Button>}
          </Box>
        ))}
      </Box>
    </Section>
  );
}
