import { valibotResolver } from '@hookform/resolvers/valibot';
import Typography from '@mui/material/Typography';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { useCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { useLateFeesWaiveMutation } from '../api';
import { useT } from '../locales/en';

/** Gives up what is due now for late payment, or what a draft would charge for it, for a reason. */
export function WaiveDialog({ id, draft, total, onClose }: { id: string; draft?: string | undefined; total: string; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const [waive] = useLateFeesWaiveMutation();
  const form = useForm({ resolver: valibotResolver(v.object({ reason: v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required'))) })), defaultValues: { reason: '' } });
  return (
    <FormDialog
      open
      title={t(draft ? 'late.waiveDraftTitle' : 'late.waiveTitle')}
      form={form}
      submitLabel={t('late.waive')}
      onClose={onClose}
      onSubmit={async ({ reason }) => {
        await waive({ id, lateFeeWaiver: { reason, ...(draft && { document_id: draft }) } }).unwrap();
        toast(t('late.waived'));
        onClose();
      }}
    >
      <Typography>{t(draft ? 'late.waiveDraftText' : 'late.waiveText', { total })}</Typography>
      <TextField name="reason" label={t('void.reason')} maxLength={500} autoFocus required />
    </FormDialog>
  );
}
