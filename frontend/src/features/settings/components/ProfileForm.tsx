import { useForm } from 'react-hook-form';
import { valibotResolver } from '@hookform/resolvers/valibot';
import * as v from 'valibot';
import { useCommon } from '../../../shared/lib/i18n';
import { TextField } from '../../../shared/ui/fields';
import { Form } from '../../../shared/ui/form';
import { Facts } from '../../../shared/ui/small';
import { toast } from '../../../shared/ui/Toast';
import { useChangeMyNameMutation } from '../api';
import { useT } from '../locale';

export function ProfileForm({ name, email, role }: { name: string; email: string; role: string }) {
  const t = useT();
  const c = useCommon();
  const [change] = useChangeMyNameMutation();
  const schema = v.object({ name: v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required'))) });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { name } });
  const roles = ['owner', 'admin', 'manager', 'finance', 'member', 'contact'] as const;
  const known = roles.find((r) => r === role);
  return (
    <Form
      form={form}
      onSubmit={async (values) => {
        await change(values).unwrap();
        toast(t('profile.saved'));
      }}
    >
      <TextField name="name" label={t('profile.name')} maxLength={120} autoComplete="name" required />
      <Facts items={[[t('profile.email'), email], [t('profile.role'), known ? t(`roles.${known}`) : role]]} />
    </Form>
  );
}
