import Button from '@mui/material/Button';
import { useController, useForm, useWatch, type FieldErrors, type Resolver } from 'react-hook-form';
import { useBookingsChangeMutation, useBookingsCreateMutation, useBookingsRemoveMutation, useBookingsRestoreMutation, type BookingView } from '../../../shared/api/gen/planning.gen';
import { useStaff } from '../../../shared/api/members';
import { addDays, type Day } from '../../../shared/lib/dates';
import { tCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { AutocompleteField, DateField, DurationField, NumberField, SelectField, TextField } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { toast } from '../../../shared/ui/Toast';
import { WorkPicker } from '../../../shared/ui/WorkPicker';
import { etag } from '../api';
import { useT } from '../locales/en';

const kinds = ['per_day', 'total', 'percent'] as const;
const states = ['confirmed', 'tentative'] as const;

type Values = { member_id: string; project_id: string; task_id: string; starts_on: string; ends_on: string; kind: (typeof kinds)[number]; seconds: number | null; percent: number | null; state: (typeof states)[number]; note: string };

/** Books somebody, or changes a booking. Removing it can be undone. */
export function BookingDialog({ booking: b, memberId, day, onClose }: { booking?: BookingView; memberId: string; day: Day; onClose: () => void }) {
  const t = useT();
  const { options, nameOf } = useStaff();
  const [create] = useBookingsCreateMutation();
  const [change] = useBookingsChangeMutation();
  const [remove, removing] = useBookingsRemoveMutation();
  const [restore] = useBookingsRestoreMutation();
  const resolver: Resolver<Values> = (v) => {
    const errors: FieldErrors<Values> = {};
    if (!v.member_id) errors.member_id = { type: 'required', message: t('form.needMember') };
    if (!v.project_id) errors.project_id = { type: 'required', message: t('form.needProject') };
    const amount = v.kind === 'percent' ? 'percent' : 'seconds';
    if (v[amount] === null) errors[amount] = { type: 'required', message: tCommon('error.required') };
    return Object.keys(errors).length > 0 ? { values: {}, errors } : { values: v, errors: {} };
  };
  const form = useForm<Values>({
    resolver,
    defaultValues: {
      member_id: b?.member_id ?? memberId, project_id: b?.project_id ?? '', task_id: b?.task_id ?? '', starts_on: b?.starts_on ?? day, ends_on: b?.ends_on ?? addDays(day, 4),
      kind: b?.kind ?? 'per_day', seconds: b?.seconds ?? (b ? null : 8 * 3600), percent: b?.percent ? Number(b.percent) : null, state: b?.state ?? 'confirmed', note: b?.note ?? '',
    },
  });
  const kind = useWatch({ control: form.control, name: 'kind' });
  const first = useWatch({ control: form.control, name: 'starts_on' });
  const project = useController({ control: form.control, name: 'project_id' });
  const task = useController({ control: form.control, name: 'task_id' });
  const save = async (v: Values) => {
    const said = {
      member_id: v.member_id, project_id: v.project_id, starts_on: v.starts_on, ends_on: v.ends_on, kind: v.kind, state: v.state, note: v.note,
      ...(v.kind === 'percent' ? { percent: String(v.percent) } : { seconds: v.seconds ?? 0 }),
    };
    if (b) await change({ id: b.id, 'If-Match': etag(b.version), bookingChange: { ...said, task_id: v.task_id } }).unwrap();
    else await create({ newBooking: { ...said, task_id: v.task_id || undefined } }).unwrap();
    toast(t(b ? 'changed' : 'made'));
    onClose();
  };
  const drop = async () => {
    if (!b) return;
    try {
      await remove({ id: b.id }).unwrap();
      toast(t('removed'), { undo: () => void restore({ id: b.id }).unwrap().catch(toast.failed) });
      onClose();
    } catch (e) {
      toast.failed(e);
    }
  };
  // Who has left is still the person of a booking that is there.
  const people = b && !options.some((o) => o.value === b.member_id) ? [...options, { value: b.member_id, label: nameOf(b.member_id) }] : options;
  return (
    <FormDialog open title={t(b ? 'form.edit' : 'form.new')} form={form} onClose={onClose} onSubmit={save} submitLabel={t(b ? 'form.save' : 'form.create')} extra={b && <Button color="error" loading={removing.isLoading} onClick={() => void drop()}>{t('form.remove')}</Button>}>
      <AutocompleteField name="member_id" label={t('person')} options={people} required />
      <WorkPicker
        value={{ projectId: project.field.value, taskId: task.field.value }}
        onChange={(w) => { project.field.onChange(w.projectId); task.field.onChange(w.taskId); }}
        errors={{ project: project.fieldState.error?.message, task: task.fieldState.error?.message }}
      />
      <FieldRow>
        <DateField name="starts_on" label={t('form.first')} required />
        <DateField name="ends_on" label={t('form.last')} min={first} required />
      </FieldRow>
      <FieldRow>
        <SelectField name="kind" label={t('form.kind')} options={kinds.map((k) => ({ value: k, label: t(`form.${k}`) }))} />
        {kind === 'percent' ? <NumberField name="percent" label={t('form.share')} unit="%" required /> : <DurationField name="seconds" label={t('form.hours')} required />}
      </FieldRow>
      <SelectField name="state" label={t('state')} options={states.map((s) => ({ value: s, label: t(s) }))} />
      <TextField name="note" label={t('form.note')} multiline rows={2} maxLength={500} />
    </FormDialog>
  );
}
