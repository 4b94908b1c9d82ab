import { useForm } from 'react-hook-form';
import { valibotResolver } from '@hookform/resolvers/valibot';
import * as v from 'valibot';
import { useHolidayRegionsListQuery, useHolidaySetsCreateMutation } from '../../../shared/api/gen/people.gen';
import { useCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { AutocompleteField, TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locale';

/** A new set, filled with the public holidays of a region for this year and the next. */
export function NewHolidaySet({ year, onClose }: { year: number; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const regions = useHolidayRegionsListQuery();
  const [create] = useHolidaySetsCreateMutation();
  const schema = v.object({ name: v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required')), v.maxLength(80)), region: v.string() });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { name: '', region: '' } });
  return (
    <FormDialog
      open
      title={t('holidays.add')}
      form={form}
      onClose={onClose}
      onSubmit={async ({ name, region }) => {
        await create({ newHolidaySet: { name, ...(region && { region, years: [year, year + 1] }) } }).unwrap();
        toast(t('holidays.saved'));
        onClose();
      }}
    >
      <TextField name="name" label={t('holidays.setName')} help={t('holidays.setNameHelp')} maxLength={80} autoFocus required />
      <AutocompleteField name="region" label={t('holidays.region')} help={t('holidays.regionHelp')} loading={regions.isLoading} options={(regions.data?.items ?? []).map((r) => ({ value: r.code, label: r.name, sub: r.code }))} />
    </FormDialog>
  );
}
