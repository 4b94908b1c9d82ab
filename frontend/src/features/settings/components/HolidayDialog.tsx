import { useForm } from 'react-hook-form';
import { valibotResolver } from '@hookform/resolvers/valibot';
import * as v from 'valibot';
import { useHolidaySetsChangeMutation, type HolidaySetView } from '../../../shared/api/gen/people.gen';
import { useCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { DateField, SwitchField, TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locale';

/** Adds a day to a set. */
export function HolidayDialog({ set, year, onClose }: { set: HolidaySetView; year: number; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const [change] = useHolidaySetsChangeMutation();
  const schema = v.object({
    day: v.pipe(v.string(), v.minLength(10, c('error.required')), v.check((d) => !set.days.some((x) => x.day === d), t('holidays.there'))),
    name: v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required')), v.maxLength(120)),
    half: v.boolean(),
  });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { day: `${year}-12-24`, name: '', half: false } });
  return (
    <FormDialog
      open
      title={t('holidays.addDayTo', { name: set.name })}
      form={form}
      onClose={onClose}
      onSubmit={async (d) => {
        await change({ id: set.id, 'If-Match': `"${set.version}"`, holidaySetChange: { days: [...set.days, d] } }).unwrap();
        toast(t('holidays.saved'));
        onClose();
      }}
    >
      <DateField name="day" label={t('holidays.day')} min="2000-01-01" max="2100-12-31" autoFocus required />
      <TextField name="name" label={t('holidays.name')} maxLength={120} required />
      <SwitchField name="half" label={t('holidays.halfLabel')} />
    </FormDialog>
  );
}
