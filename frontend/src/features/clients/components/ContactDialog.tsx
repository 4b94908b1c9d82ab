import { valibotResolver } from '@hookform/resolvers/valibot';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { useContactsChangeMutation, useContactsCreateMutation, type ContactView } from '../../../shared/api/gen/clients.gen';
import { useCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { SwitchField, TextField } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { toast } from '../../../shared/ui/Toast';
import { ifMatch } from '../api';
import { useT } from '../locales/en';

type Values = { name: string; email: string; phone: string; job_title: string; primary: boolean; billing: boolean };

export function ContactDialog({ clientId, contact, onClose }: { clientId: string; contact?: ContactView; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const [create] = useContactsCreateMutation();
  const [change] = useContactsChangeMutation();
  const schema = v.looseObject({ name: v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required'))) });
  const form = useForm<Values>({
    resolver: valibotResolver(schema) as never,
    defaultValues: {
      name: contact?.name ?? '', email: contact?.email ?? '', phone: contact?.phone ?? '', job_title: contact?.job_title ?? '',
      primary: contact?.primary ?? false, billing: contact?.billing ?? false,
    },
  });
  const save = async (body: Values) => {
    if (contact) await change({ id: contact.id, 'If-Match': ifMatch(contact.version), contactChange: body }).unwrap();
    else await create({ id: clientId, newContact: body }).unwrap();
    toast(t('people.saved'));
    onClose();
  };
  return (
    <FormDialog open title={t(contact ? 'people.edit' : 'people.add')} form={form} onSubmit={save} onClose={onClose}>
      <TextField name="name" label={t('people.name')} maxLength={120} autoFocus required />
      <TextField name="email" label={t('people.email')} type="email" maxLength={254} />
      <FieldRow>
        <TextField name="phone" label={t('people.phone')} type="tel" maxLength={40} />
        <TextField name="job_title" label={t('people.jobTitle')} maxLength={80} />
      </FieldRow>
      <SwitchField name="primary" label={t('people.primary')} />
      <SwitchField name="billing" label={t('people.billing')} help={t('people.billingHelp')} />
    </FormDialog>
  );
}
