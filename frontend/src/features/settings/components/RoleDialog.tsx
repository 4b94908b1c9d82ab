import { useForm, useWatch } from 'react-hook-form';
import { useMe } from '../../../shared/lib/me';
import { FormDialog } from '../../../shared/ui/dialogs';
import { SelectField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { useChangeMemberRoleMutation, type Member } from '../api';
import { useT } from '../locale';
import { grantable, isRole, said, useRefusal, useRoleName } from './roles';

export function RoleDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const t = useT();
  const me = useMe();
  const roleName = useRoleName();
  const refusal = useRefusal();
  const [change] = useChangeMemberRoleMutation();
  const form = useForm({ defaultValues: { role: member.role } });
  const role = useWatch({ control: form.control, name: 'role' });
  return (
    <FormDialog
      open
      title={t('people.changeRoleOf', { name: member.name })}
      form={form}
      onClose={onClose}
      onSubmit={async (values) => {
        try {
          await change({ id: member.id, version: member.version, role: values.role }).unwrap();
        } catch (e) {
          throw said(refusal(e));
        }
        toast(t('people.roleChanged', { name: member.name, role: roleName(values.role) }));
        onClose();
      }}
    >
      <SelectField name="role" label={t('people.role')} options={grantable(me?.role).map((r) => ({ value: r, label: t(`roles.${r}`) }))} help={isRole(role) ? t(`roleText.${role}`) : undefined} />
    </FormDialog>
  );
}
