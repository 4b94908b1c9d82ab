import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useForm, useWatch } from 'react-hook-form';
import { valibotResolver } from '@hookform/resolvers/valibot';
import * as v from 'valibot';
import { useHolidaySetsListQuery, usePositionsListQuery, useSchedulesListQuery, useSchedulesPutMutation, type ScheduleView } from '../../../shared/api/gen/people.gen';
import { formatDay, today } from '../../../shared/lib/dates';
import { useCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { DateField, NumberField, SelectField } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { toast } from '../../../shared/ui/Toast';
import type { Member } from '../api';
import { useT } from '../locale';

const order = [1, 2, 3, 4, 5, 6, 0] as const; // Monday first; the server counts from Sunday
const names = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
const fullTime = [0, 8, 8, 8, 8, 8, 0];

/** What a member works from a day on, as what, and with whose holidays. */
export function ScheduleDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const schedules = useSchedulesListQuery({ id: member.id });
  return schedules.data ? <Loaded member={member} schedules={schedules.data.items} onClose={onClose} /> : null;
}

function Loaded({ member, schedules, onClose }: { member: Member; schedules: ScheduleView[]; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const sets = useHolidaySetsListQuery();
  const positions = usePositionsListQuery({});
  const [put] = useSchedulesPutMutation();
  const hours = v.pipe(v.number(c('error.required')), v.minValue(0, t('schedule.range')), v.maxValue(24, t('schedule.range')));
  const schema = v.object({ from: v.pipe(v.string(), v.minLength(10, c('error.required'))), hours: v.array(hours), position_id: v.string(), holiday_set_id: v.string() });
  const last = schedules.at(-1);
  const form = useForm({
    resolver: valibotResolver(schema),
    defaultValues: { from: today(), hours: last?.hours ?? fullTime, position_id: last?.position_id ?? '', holiday_set_id: last?.holiday_set_id ?? '' },
  });
  const week = useWatch({ control: form.control, name: 'hours' });
  const sum = (all: (number | null)[]) => Math.round(all.reduce<number>((a, b) => a + (b ?? 0), 0) * 100) / 100;
  const usual = sets.data?.items.find((s) => s.is_default);
  if (!sets.data || !positions.data) return null;
  return (
    <FormDialog
      open
      title={t('schedule.title', { name: member.name })}
      form={form}
      onClose={onClose}
      onSubmit={async ({ from, ...schedulePut }) => {
        await put({ id: member.id, from, schedulePut }).unwrap();
        toast(t('schedule.saved', { day: formatDay(from) }));
        onClose();
      }}
    >
      {schedules.length > 0 && (
        <Box component="ul" aria-label={t('schedule.list')} sx={{ m: 0, pl: 5, color: 'text.secondary' }}>
          {schedules.map((s) => <li key={s.from}>{t('schedule.since', { day: formatDay(s.from), hours: sum(s.hours) })}</li>)}
        </Box>
      )}
      <DateField name="from" label={t('schedule.from')} help={t('schedule.fromHelp')} required />
      <Box sx={{ display: 'grid', gridTemplateColumns: { xs: 'repeat(2, 1fr)', sm: 'repeat(4, 1fr)' }, gap: 3 }}>
        {order.map((d) => <NumberField key={d} name={`hours.${d}`} label={t(`agency.days.${names[d]}`)} unit="h" />)}
      </Box>
      <Typography variant="body2" role="status" sx={{ color: 'text.secondary' }}>{t('schedule.week', { hours: sum(week) })}</Typography>
      <FieldRow>
        <SelectField name="position_id" label={t('schedule.position')} empty={t('schedule.noPosition')} options={positions.data.items.map((p) => ({ value: p.id, label: p.name }))} />
        <SelectField name="holiday_set_id" label={t('schedule.holidays')} empty={usual ? t('schedule.usual', { name: usual.name }) : t('schedule.noHolidays')} options={sets.data.items.map((s) => ({ value: s.id, label: s.name }))} />
      </FieldRow>
    </FormDialog>
  );
}
