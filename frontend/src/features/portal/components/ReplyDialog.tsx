import { valibotResolver } from '@hookform/resolvers/valibot';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { useCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { useReplyOnMutation } from '../api';
import { useT } from '../locales/en';

export function ReplyDialog({ thread, onClose }: { thread: { task: string; name: string }; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const [reply] = useReplyOnMutation();
  const schema = v.object({ body: v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required')), v.maxLength(5000)) });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { body: '' } });
  return (
    <FormDialog
      open
      title={t('replyTo', { task: thread.name })}
      form={form}
      submitLabel={t('send')}
      onClose={onClose}
      onSubmit={async ({ body }) => {
        await reply({ task: thread.task, body }).unwrap();
        toast(t('sent'));
        onClose();
      }}
    >
      <TextField name="body" label={t('reply')} multiline rows={5} maxLength={5000} autoFocus required />
    </FormDialog>
  );
}
