import { valibotResolver } from '@hookform/resolvers/valibot';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { useRateCardsChangeMutation, type RateCardView } from '../../../shared/api/gen/rates.gen';
import { useCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locales/en';
import { ifMatch } from '../model';

export function RenameDialog({ card, onClose }: { card: RateCardView; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const [change] = useRateCardsChangeMutation();
  const schema = v.object({ name: v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required'))) });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { name: card.name } });
  return (
    <FormDialog
      open
      title={t('rename')}
      form={form}
      onClose={onClose}
      onSubmit={async ({ name }) => {
        await change({ id: card.id, 'If-Match': ifMatch(card.version), rateCardChange: { name } }).unwrap();
        toast(t('saved'));
        onClose();
      }}
    >
      <TextField name="name" label={t('name')} maxLength={80} autoFocus required />
    </FormDialog>
  );
}
