import { valibotResolver } from '@hookform/resolvers/valibot';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import type { PortalMilestone } from '../../../shared/api/gen/portal.gen';
import { useCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { useAskChangesMutation } from '../api';
import { useT } from '../locales/en';

/** What is to be different before a milestone is accepted. */
export function ChangesDialog({ milestone: m, onClose }: { milestone: PortalMilestone; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const [ask] = useAskChangesMutation();
  const schema = v.object({ text: v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required')), v.maxLength(4000)) });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { text: '' } });
  return (
    <FormDialog
      open
      title={t('milestone.changesTitle', { name: m.name })}
      form={form}
      submitLabel={t('milestone.changesSend')}
      onClose={onClose}
      onSubmit={async ({ text }) => {
        await ask({ id: m.id, text, version: m.version }).unwrap();
        toast(t('milestone.changesDone'));
        onClose();
      }}
    >
      <TextField name="text" label={t('milestone.changesText')} help={t('milestone.changesHelp')} multiline rows={5} maxLength={4000} autoFocus required />
    </FormDialog>
  );
}
