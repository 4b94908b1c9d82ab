import { valibotResolver } from '@hookform/resolvers/valibot';
import Typography from '@mui/material/Typography';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { useCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { TextField } from '../../../shared/ui/fields';
import { useT } from '../locales/en';

type Props = { title: string; text: string; onDo: (reason: string) => Promise<unknown>; onClose: () => void };

/** Whatever an operator does to an agency says why. */
export function ReasonDialog({ title, text, onDo, onClose }: Props) {
  const t = useT();
  const c = useCommon();
  const schema = v.object({ reason: v.pipe(v.string(), v.trim(), v.minLength(3, c('error.required')), v.maxLength(500)) });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { reason: '' } });
  return (
    <FormDialog open title={title} form={form} submitLabel={title} onClose={onClose} onSubmit={async ({ reason }) => { await onDo(reason); onClose(); }}>
      <Typography>{text}</Typography>
      <TextField name="reason" label={t('reason')} help={t('reasonHelp')} maxLength={500} autoFocus required />
    </FormDialog>
  );
}
