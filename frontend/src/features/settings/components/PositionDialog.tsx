import { useForm } from 'react-hook-form';
import { valibotResolver } from '@hookform/resolvers/valibot';
import * as v from 'valibot';
import { useCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { useAddPositionMutation, useChangePositionMutation, type Position } from '../api';
import { useT } from '../locale';

export function PositionDialog({ position, onClose }: { position: Position | null; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const [add] = useAddPositionMutation();
  const [change] = useChangePositionMutation();
  const schema = v.object({ name: v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required')), v.maxLength(80)) });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { name: position?.name ?? '' } });
  return (
    <FormDialog
      open
      title={t(position ? 'positions.rename' : 'positions.add')}
      form={form}
      onClose={onClose}
      onSubmit={async ({ name }) => {
        if (position) await change({ id: position.id, version: position.version, name }).unwrap();
        else await add({ name }).unwrap();
        toast(t('positions.saved'));
        onClose();
      }}
    >
      <TextField name="name" label={t('positions.name')} maxLength={80} autoFocus required />
    </FormDialog>
  );
}
