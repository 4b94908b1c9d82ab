import { valibotResolver } from '@hookform/resolvers/valibot';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { useCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { useOpsAgenciesOpenMutation } from '../api';
import { useT } from '../locales/en';

/** Opens an agency; its owner comes in by signing up or in with the address. */
export function OpenDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const [open] = useOpsAgenciesOpenMutation();
  const filled = v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required')), v.maxLength(120));
  const schema = v.object({ name: filled, slug: filled, owner_email: filled, owner_name: v.string() });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { name: '', slug: '', owner_email: '', owner_name: '' } });
  return (
    <FormDialog open title={t('agencies.open')} form={form} submitLabel={t('agencies.open')} onClose={onClose} onSubmit={async (newOpsAgency) => { const made = await open({ newOpsAgency }).unwrap(); toast(t('agencies.opened', { name: made.name })); onClose(); }}>
      <TextField name="name" label={t('agencies.agencyName')} autoFocus required />
      <TextField name="slug" label={t('agencies.slug')} help={t('agencies.slugHelp')} required />
      <TextField name="owner_email" label={t('agencies.ownerEmail')} required />
      <TextField name="owner_name" label={t('agencies.ownerName')} />
    </FormDialog>
  );
}
