import { valibotResolver } from '@hookform/resolvers/valibot';
import Typography from '@mui/material/Typography';
import { useEffect } from 'react';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { useCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { SwitchField, TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locales/en';

export type LetterValues = { to: string[]; subject: string; message: string; with_receipts: boolean };

type Props = {
  title: string;
  /** As it is proposed; nothing while it loads. */
  letter?: { to?: string[]; subject?: string; message?: string };
  /** Whether receipts can go along. */
  receipts?: boolean;
  /** How the addresses are called where they are sent, so that a refusal stands beside them. */
  field?: 'to' | 'recipients';
  done: string;
  onSend: (values: LetterValues) => Promise<unknown>;
  onClose: () => void;
};

/** A mail with a document, as it is proposed; everything in it can be changed. */
export function LetterDialog({ title, letter, receipts, field = 'to', done, onSend, onClose }: Props) {
  const t = useT();
  const c = useCommon();
  const addresses = v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required')));
  const schema = v.object({ to: field === 'to' ? addresses : v.string(), recipients: field === 'recipients' ? addresses : v.string(), subject: v.string(), message: v.string(), with_receipts: v.boolean() });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { to: '', recipients: '', subject: '', message: '', with_receipts: false } });
  useEffect(() => {
    if (!letter) return;
    form.reset({ to: '', recipients: '', [field]: letter.to?.join(', ') ?? '', subject: letter.subject ?? '', message: letter.message ?? '', with_receipts: false }, { keepDirtyValues: true });
  }, [letter, field, form]);
  return (
    <FormDialog
      open
      wide
      title={title}
      form={form}
      submitLabel={t('send.do')}
      onClose={onClose}
      onSubmit={async ({ subject, message, with_receipts, ...at }) => {
        await onSend({ to: at[field].split(/[,;]\s*/).filter(Boolean), subject, message, with_receipts });
        toast(done);
        onClose();
      }}
    >
      <TextField name={field} label={t('send.to')} help={t('send.toHelp')} required />
      <TextField name="subject" label={t('send.subject')} maxLength={200} />
      <TextField name="message" label={t('send.message')} multiline rows={8} maxLength={10000} />
      {receipts && <SwitchField name="with_receipts" label={t('send.receipts')} />}
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('send.attached')}</Typography>
    </FormDialog>
  );
}
