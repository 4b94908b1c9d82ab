import { valibotResolver } from '@hookform/resolvers/valibot';
import Typography from '@mui/material/Typography';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { useCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { usePaymentDifferencesSettleMutation, type PaymentDifference } from '../api';
import { useT } from '../locales/en';

/** Somebody has looked at a difference, and says what came of it. */
export function SettleDialog({ difference: d, onClose }: { difference: PaymentDifference; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const [settle] = usePaymentDifferencesSettleMutation();
  const schema = v.object({ note: v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required'))) });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { note: '' } });
  return (
    <FormDialog
      open
      title={t('differences.settleTitle')}
      form={form}
      submitLabel={t('differences.settle')}
      onClose={onClose}
      onSubmit={async ({ note }) => {
        await settle({ id: d.id, paymentDifferenceSettle: { note } }).unwrap();
        toast(t('differences.done'));
        onClose();
      }}
    >
      <Typography sx={{ overflowWrap: 'anywhere' }}>{d.subject}: {t('differences.ours', { what: d.ours })} · {t('differences.theirs', { what: d.theirs })}</Typography>
      <TextField name="note" label={t('differences.note')} maxLength={500} autoFocus required />
    </FormDialog>
  );
}
