import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import Typography from '@mui/material/Typography';
import { useController, useForm, useWatch, type FieldErrors, type Resolver } from 'react-hook-form';
import { useTimeEntriesChangeMutation, useTimeEntriesCreateMutation, type NewTimeEntry, type TimeEntryView, type TimeGridRow } from '../../../shared/api/gen/time.gen';
import { useSetsBillable, useWorkSays } from '../../../shared/api/billable';
import { useServices } from '../../../shared/api/services';
import { addDays, type Day } from '../../../shared/lib/dates';
import { formatDuration } from '../../../shared/lib/duration';
import { useCan } from '../../../shared/lib/me';
import { browserZone, clockOf, instantOf } from '../../../shared/lib/zones';
import { BillableSwitch } from '../../../shared/ui/BillableSwitch';
import { FormDialog } from '../../../shared/ui/dialogs';
import { DateField, DurationField, SelectField, TextField, TimeField } from '../../../shared/ui/fields';
import { FieldRow, type AnyForm } from '../../../shared/ui/form';
import { toast } from '../../../shared/ui/Toast';
import { WorkPicker } from '../../../shared/ui/WorkPicker';
import { rounded } from '../model';
import { useT } from '../locales/en';

type Values = {
  how: 'duration' | 'times';
  project_id: string;
  task_id: string;
  service_id: string;
  day: Day;
  seconds: number | null;
  started_at: string;
  ended_at: string;
  note: string;
  billable: boolean | undefined;
  counts_as: CountsAs;
};

type CountsAs = NonNullable<TimeEntryView['rate']>['counts_as'];
const kinds = ['ordinary', 'after_hours', 'saturday', 'sunday', 'holiday'] as const;

type Props = { open: boolean; day: Day; entry?: TimeEntryView; /** Work that is chosen already. */ row?: TimeGridRow; onClose: () => void };

/** One entry, by duration or by start and end. Times are those of the place where it was worked. */
export function EntryDialog({ open, day, entry, row, onClose }: Props) {
  const t = useT();
  const [create] = useTimeEntriesCreateMutation();
  const [change] = useTimeEntriesChangeMutation();
  const bills = useSetsBillable();
  const resolver: Resolver<Values> = (v) => {
    const errors = missing(v, t);
    return Object.keys(errors).length > 0 ? { values: {}, errors } : { values: v, errors: {} };
  };
  const form = useForm<Values>({ resolver, values: open ? start(day, entry, row) : undefined, defaultValues: start(day, entry, row) });
  const save = async (v: Values) => {
    const zone = entry?.zone ?? browserZone();
    const body = { project_id: v.project_id, note: v.note, billable: bills ? v.billable : undefined, zone, ...when(v, zone) };
    const counts = v.counts_as === (entry?.rate?.counts_as ?? '') ? {} : { counts_as: v.counts_as };
    const saved = entry
      ? await change({ id: entry.id, 'If-Match': `"${entry.version}"`, timeEntryChange: { ...body, ...counts, task_id: v.task_id, ...(v.service_id === (entry.service_id ?? '') ? {} : { service_id: v.service_id }) } }).unwrap()
      : await create({ newTimeEntry: { ...body, ...counts, task_id: v.task_id || undefined, service_id: v.service_id || undefined } as NewTimeEntry }).unwrap();
    toast(saved.warnings?.some((w) => w.code === 'overlap') ? t('entry.overlap') : t('entry.saved'));
    onClose();
  };
  return (
    <FormDialog open={open} title={entry ? t('entry.edit') : t('entry.new')} form={form} onSubmit={save} onClose={onClose}>
      <EntryFields form={form} entry={entry} />
    </FormDialog>
  );
}

function EntryFields({ form, entry }: { form: AnyForm<Values>; entry?: TimeEntryView }) {
  const t = useT();
  const services = useServices(entry && { id: entry.service_id, name: entry.service_name });
  const { control, formState } = form;
  const can = useCan();
  const prices = can('rates.cards.write') && can('rates.bill.see');
  const project = useController({ name: 'project_id', control }).field;
  const task = useController({ name: 'task_id', control }).field;
  const how = useController({ name: 'how', control }).field;
  const billable = useController({ name: 'billable', control });
  const service = useWatch({ name: 'service_id', control });
  const [from, to] = useWatch({ name: ['started_at', 'ended_at'], control });
  const overnight = Boolean(from && to) && endsNextDay(from, to);
  const bills = useSetsBillable();
  const same = entry?.project_id === project.value && (entry?.task_id ?? '') === task.value && (entry?.service_id ?? '') === service;
  const says = useWorkSays({ projectId: project.value, taskId: task.value, serviceId: service }, bills || same);
  return (
    <>
      <WorkPicker
        autoFocus
        value={{ projectId: project.value, taskId: task.value }}
        onChange={(w) => { project.onChange(w.projectId); task.onChange(w.taskId); form.clearErrors('project_id'); }}
        errors={{ project: formState.errors.project_id?.message, task: formState.errors.task_id?.message }}
      />
      <ToggleButtonGroup exclusive size="small" value={how.value} onChange={(_, v: Values['how'] | null) => v && how.onChange(v)} aria-label={t('entry.how')}>
        <ToggleButton value="duration">{t('entry.duration')}</ToggleButton>
        <ToggleButton value="times">{t('entry.times')}</ToggleButton>
      </ToggleButtonGroup>
      <FieldRow>
        <DateField name="day" label={t('entry.date')} />
        {how.value === 'duration' ? <DurationField name="seconds" label={t('entry.duration')} /> : <TimeField name="started_at" label={t('entry.start')} />}
        {how.value === 'times' && <TimeField name="ended_at" label={t('entry.end')} help={overnight ? t('entry.nextDay') : undefined} />}
      </FieldRow>
      {services.length > 0 && <SelectField name="service_id" label={t('entry.service')} empty={t('entry.noService')} options={services} />}
      <TextField name="note" label={t('entry.note')} multiline rows={2} maxLength={2000} />
      {prices && <SelectField name="counts_as" label={t('entry.countsAs')} empty={t('entry.byClock')} options={kinds.map((k) => ({ value: k, label: t(`entry.counts.${k}`) }))} />}
      {entry && rounded(entry) && <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('entry.worked', { worked: formatDuration(entry.seconds), billed: formatDuration(entry.billed_seconds) })}</Typography>}
      <BillableSwitch value={bills || same ? billable.field.value : says} onChange={billable.field.onChange} error={billable.fieldState.error?.message} />
    </>
  );
}

function start(day: Day, e?: TimeEntryView, row?: TimeGridRow): Values {
  if (!e) return { how: 'duration', project_id: row?.project_id ?? '', task_id: row?.task_id ?? '', service_id: row?.service_id ?? '', day, seconds: null, started_at: '', ended_at: '', note: '', billable: undefined, counts_as: '' };
  return {
    how: e.started_at ? 'times' : 'duration', project_id: e.project_id, task_id: e.task_id ?? '', service_id: e.service_id ?? '', day: e.day, seconds: e.seconds, note: e.note, billable: e.billable, counts_as: e.rate?.counts_as ?? '',
    started_at: e.started_at ? clockOf(e.started_at, e.zone) : '', ended_at: e.ended_at ? clockOf(e.ended_at, e.zone) : '',
  };
}

function missing(v: Values, t: ReturnType<typeof useT>): FieldErrors<Values> {
  const need = (message: string) => ({ type: 'required', message });
  if (!v.project_id) return { project_id: need(t('entry.needProject')) };
  if (v.how === 'duration' && !v.seconds) return { seconds: need(t('entry.needDuration')) };
  if (v.how === 'times' && !v.started_at) return { started_at: need(t('entry.needTimes')) };
  if (v.how === 'times' && !v.ended_at) return { ended_at: need(t('entry.needTimes')) };
  return {};
}

/** An end that is not after its start is of the next day. */
const endsNextDay = (start: string, end: string) => end <= start;

function when(v: Values, zone: string): Partial<NewTimeEntry> {
  if (v.how === 'duration') return { day: v.day, seconds: v.seconds ?? 0 };
  const last = endsNextDay(v.started_at, v.ended_at) ? addDays(v.day, 1) : v.day;
  return { started_at: instantOf(v.day, v.started_at, zone).toISOString(), ended_at: instantOf(last, v.ended_at, zone).toISOString() };
}
