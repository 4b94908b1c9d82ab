import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useState } from 'react';
import { useRateMultipliersLastAdditionQuery, useRateMultipliersPreviewUndoMutation, useRateMultipliersUndoMutation } from '../../../shared/api/gen/rates.gen';
import { formatMoney, type MoneyValue } from '../../../shared/lib/money';
import { ConfirmDialog } from '../../../shared/ui/dialogs';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locales/en';

const sum = (all: MoneyValue[]) => (all.length > 0 ? all.map((m) => formatMoney(m)).join(' + ') : '–');

/** The multipliers that were added last, for as long as that can be undone: it says what would come of it, and does all of it or nothing. */
export function UndoMultipliers() {
  const t = useT();
  const last = useRateMultipliersLastAdditionQuery().data;
  const [preview, looking] = useRateMultipliersPreviewUndoMutation();
  const [undo] = useRateMultipliersUndoMutation();
  const [asking, setAsking] = useState<{ id: string; text: string; stays: boolean } | null>(null);
  const look = async (id: string) => {
    try {
      const { effect, stayed } = await preview({ id }).unwrap();
      const why = stayed.map((x) => t(`revise.stays.${x.why}`, { count: x.entries })).join(', ');
      const text = why ? t('multipliers.undoBlocked', { why }) : t('multipliers.undoText', { count: effect.entries, before: sum(effect.before), after: sum(effect.after) });
      setAsking({ id, text, stays: why !== '' });
    } catch (e) {
      toast.failed(e);
    }
  };
  return (
    <>
      {last?.id && (
        <Box sx={{ minHeight: 40, mb: 2, display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 2, color: 'text.secondary' }}>
          <span>{t('multipliers.last', { count: last.entries })}</span>
          <Button size="small" disabled={looking.isLoading} onClick={() => void look(last.id)}>{t('revise.undo')}</Button>
        </Box>
      )}
      <ConfirmDialog
        open={asking !== null}
        title={t(asking?.stays ? 'multipliers.undoNot' : 'multipliers.undoTitle')}
        text={asking?.text ?? ''}
        confirmLabel={t(asking?.stays ? 'multipliers.undoClose' : 'multipliers.undoRun')}
        onClose={() => setAsking(null)}
        onConfirm={async () => {
          if (!asking || asking.stays) return;
          const { effect } = await undo({ id: asking.id }).unwrap();
          toast(t('revise.undone', { count: effect.entries }));
        }}
      />
    </>
  );
}
