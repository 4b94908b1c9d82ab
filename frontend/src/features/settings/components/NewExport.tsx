import { useForm } from 'react-hook-form';
import { valibotResolver } from '@hookform/resolvers/valibot';
import * as v from 'valibot';
import Typography from '@mui/material/Typography';
import { FormDialog } from '../../../shared/ui/dialogs';
import { TextField } from '../../../shared/ui/fields';
import { useStartExportMutation } from '../api';
import { useT } from '../locale';

/** Asks for an export, open or for one reader only. */
export function NewExport({ onClose }: { onClose: () => void }) {
  const t = useT();
  const [start] = useStartExportMutation();
  const schema = v.object({ recipient: v.pipe(v.string(), v.trim(), v.maxLength(200)) });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { recipient: '' } });
  return (
    <FormDialog
      open
      title={t('data.startTitle')}
      form={form}
      submitLabel={t('data.start')}
      onClose={onClose}
      onSubmit={async ({ recipient }) => {
        await start(recipient ? { recipient } : {}).unwrap();
        onClose();
      }}
    >
      <Typography>{t('data.startText')}</Typography>
      <TextField name="recipient" label={t('data.recipient')} help={t('data.recipientHelp')} maxLength={200} />
    </FormDialog>
  );
}
