import { valibotResolver } from '@hookform/resolvers/valibot';
import { useForm, useWatch } from 'react-hook-form';
import * as v from 'valibot';
import { useCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { SelectField, TextField } from '../../../shared/ui/fields';
import { useOpsTermsSetMutation, type OpsTerms } from '../api';
import { useT } from '../locales/en';

/** What the contract says of an agency's seats. */
export function TermsDialog({ id, terms, onClose }: { id: string; terms: OpsTerms; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const [set] = useOpsTermsSetMutation();
  const count = v.pipe(v.string(), v.regex(/^\d{1,4}$/, c('error.number')));
  const schema = v.object({ collection: v.picklist(['auto', 'true_up']), seats: count, seat_ceiling: count });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { collection: terms.collection, seats: String(terms.seats), seat_ceiling: String(terms.seat_ceiling) } });
  const collection = useWatch({ control: form.control, name: 'collection' });
  return (
    <FormDialog
      open
      title={t('billing.terms')}
      form={form}
      onClose={onClose}
      onSubmit={async (x) => {
        await set({ id, opsTerms: { collection: x.collection, seats: Number(x.seats), seat_ceiling: Number(x.seat_ceiling) } }).unwrap();
        onClose();
      }}
    >
      <SelectField name="collection" label={t('billing.collection')} options={(['auto', 'true_up'] as const).map((k) => ({ value: k, label: t(`billing.collections.${k}`) }))} />
      <TextField name="seats" label={t('billing.contractSeats')} help={t('billing.contractSeatsHelp')} />
      {collection === 'true_up' && <TextField name="seat_ceiling" label={t('billing.ceiling')} help={t('billing.ceilingHelp')} />}
    </FormDialog>
  );
}
