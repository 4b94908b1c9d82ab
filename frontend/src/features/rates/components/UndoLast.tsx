import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useRatesLastRevisionQuery, useRatesUndoRevisionMutation, type RateView } from '../../../shared/api/gen/rates.gen';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locales/en';

/** Takes another price back, and says what became of the time that had got it. */
export function useUndo() {
  const t = useT();
  const [undo, state] = useRatesUndoRevisionMutation();
  const run = async (id: string) => {
    try {
      const { effect, stayed } = await undo({ id }).unwrap();
      const stay = stayed.reduce((n, x) => n + x.entries, 0);
      const why = stayed.map((x) => t(`revise.stays.${x.why}`, { count: x.entries })).join(', ');
      toast(stay > 0 ? t('revise.undonePart', { count: effect.entries, why }) : t('revise.undone', { count: effect.entries }));
    } catch (e) {
      toast.failed(e);
    }
  };
  return { run, busy: state.isLoading };
}

/** The last price that was changed on this card, for as long as it can be undone. */
export function UndoLast({ cardId, nameOf, rates }: { cardId: string; nameOf: (r: RateView) => string; rates: RateView[] }) {
  const t = useT();
  const last = useRatesLastRevisionQuery().data;
  const { run, busy } = useUndo();
  const rate = last?.card_id === cardId ? rates.find((r) => r.id === last.rate_id) : undefined;
  if (!last || !rate) return null;
  return (
    <Box sx={{ minHeight: 40, mb: 2, display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 2, color: 'text.secondary' }}>
      <span>{t('revise.last', { name: nameOf(rate), count: last.entries })}</span>
      <Button size="small" disabled={busy} onClick={() => void run(last.id)}>{t('revise.undo')}</Button>
    </Box>
  );
}
