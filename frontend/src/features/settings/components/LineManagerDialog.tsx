import { useForm } from 'react-hook-form';
import { useLineManagersListQuery, useLineManagersPutMutation } from '../../../shared/api/gen/people.gen';
import { useStaff } from '../../../shared/api/members';
import { FormDialog } from '../../../shared/ui/dialogs';
import { SelectField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import type { Member } from '../api';
import { useT } from '../locale';

/** To whom a member reports. */
export function LineManagerDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const list = useLineManagersListQuery();
  if (!list.data) return null;
  return <Loaded member={member} manager={list.data.items.find((x) => x.member_id === member.id)?.manager_id ?? ''} onClose={onClose} />;
}

function Loaded({ member, manager, onClose }: { member: Member; manager: string; onClose: () => void }) {
  const t = useT();
  const staff = useStaff();
  const [put] = useLineManagersPutMutation();
  const form = useForm({ defaultValues: { manager_id: manager } });
  return (
    <FormDialog
      open title={t('line.title', { name: member.name })} form={form} onClose={onClose}
      onSubmit={async ({ manager_id }) => {
        await put({ id: member.id, lineManagerInput: { manager_id: manager_id || undefined } }).unwrap();
        toast(t('line.saved'));
        onClose();
      }}
    >
      <SelectField name="manager_id" label={t('line.who')} help={t('line.help')} empty={t('line.nobody')} options={staff.options.filter((o) => o.value !== member.id)} />
    </FormDialog>
  );
}
