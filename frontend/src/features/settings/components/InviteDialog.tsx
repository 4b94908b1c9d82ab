import { useForm, useWatch } from 'react-hook-form';
import { valibotResolver } from '@hookform/resolvers/valibot';
import * as v from 'valibot';
import { problemText } from '../../../shared/api/problem';
import { useMe } from '../../../shared/lib/me';
import { FormDialog } from '../../../shared/ui/dialogs';
import { SelectField, TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { SeatsLeft } from './SeatsLeft';
import { useInviteMutation } from '../api';
import { useT } from '../locale';
import { addressesIn } from '../model';
import { grantable, isRole } from './roles';

export function InviteDialog({ onClose, onSent }: { onClose: () => void; onSent: () => void }) {
  const t = useT();
  const me = useMe();
  const [invite] = useInviteMutation();
  const schema = v.object({
    emails: v.pipe(
      v.string(),
      v.rawCheck(({ dataset, addIssue }) => {
        if (!dataset.typed) return;
        const { good, bad } = addressesIn(dataset.value);
        if (bad[0]) addIssue({ message: t('invite.emailBad', { address: bad[0] }) });
        else if (good.length === 0) addIssue({ message: t('invite.emailHelp') });
        else if (good.length > 20) addIssue({ message: t('invite.emailMany') });
      }),
    ),
    role: v.string(),
  });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { emails: '', role: 'member' } });
  const [emails, role] = useWatch({ control: form.control, name: ['emails', 'role'] });
  return (
    <FormDialog
      open
      title={t('invite.title')}
      form={form}
      submitLabel={t('invite.submit')}
      onClose={onClose}
      onSubmit={async (values) => {
        const addresses = addressesIn(values.emails).good;
        const failed: string[] = [];
        let why: unknown;
        for (const email of addresses) {
          try {
            await invite({ email, role: values.role }).unwrap();
          } catch (e) {
            failed.push(email);
            why = e;
          }
        }
        const sent = addresses.length - failed.length;
        if (failed.length > 0) {
          // What was sent leaves the field, so that sending again repeats only what failed.
          form.setValue('emails', failed.join('\n'));
          form.setError('emails', { type: 'server', message: `${sent > 0 ? `${t('invite.partly', { sent, failed: failed.join(', ') })}. ` : ''}${problemText(why)}` });
          return;
        }
        toast(t('invite.sent', { count: sent }));
        onClose();
        onSent();
      }}
    >
      <TextField name="emails" label={t('invite.email')} help={t('invite.emailHelp')} multiline rows={2} maxLength={4000} autoFocus required />
      <SelectField name="role" label={t('invite.role')} options={grantable(me?.role).map((r) => ({ value: r, label: t(`roles.${r}`) }))} help={isRole(role) ? t(`roleText.${role}`) : undefined} />
      <SeatsLeft more={Math.max(1, addressesIn(emails).good.length)} />
    </FormDialog>
  );
}
