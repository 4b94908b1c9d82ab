import { valibotResolver } from '@hookform/resolvers/valibot';
import Typography from '@mui/material/Typography';
import { useEffect } from 'react';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { useCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { SwitchField, TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { useInvoicesLetterQuery, useInvoicesSendMutation, type InvoiceView } from '../api';
import { useT } from '../locales/en';

/** The mail as it is proposed; everything in it can be changed. */
export function SendDialog({ invoice, onClose }: { invoice: InvoiceView; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const letter = useInvoicesLetterQuery({ id: invoice.id });
  const [send] = useInvoicesSendMutation();
  const schema = v.object({ to: v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required'))), subject: v.string(), message: v.string(), with_receipts: v.boolean() });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { to: '', subject: '', message: '', with_receipts: false } });
  useEffect(() => {
    if (letter.data) form.reset({ to: letter.data.to?.join(', ') ?? '', subject: letter.data.subject ?? '', message: letter.data.message ?? '', with_receipts: false }, { keepDirtyValues: true });
  }, [letter.data, form]);
  return (
    <FormDialog
      open
      wide
      title={t('send.title', { number: invoice.number })}
      form={form}
      submitLabel={t('send.do')}
      onClose={onClose}
      onSubmit={async ({ to, subject, message, with_receipts }) => {
        await send({ id: invoice.id, invoiceLetter: { to: to.split(/[,;]\s*/).filter(Boolean), subject, message, with_receipts } }).unwrap();
        toast(t('send.done'));
        onClose();
      }}
    >
      <TextField name="to" label={t('send.to')} help={t('send.toHelp')} required />
      <TextField name="subject" label={t('send.subject')} maxLength={200} />
      <TextField name="message" label={t('send.message')} multiline rows={8} maxLength={10000} />
      {invoice.lines.some((l) => l.kind === 'expense') && <SwitchField name="with_receipts" label={t('send.receipts')} />}
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('send.attached')}</Typography>
    </FormDialog>
  );
}
