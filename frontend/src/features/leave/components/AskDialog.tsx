import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useEffect, useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import { useLeaveCreateMutation, useLeaveListQuery, useLeaveQuoteMutation, useLeaveTypesListQuery, type LeaveInput, type LeaveQuoteView } from '../../../shared/api/gen/leave.gen';
import { problemText } from '../../../shared/api/problem';
import { addDays, today } from '../../../shared/lib/dates';
import { useMe } from '../../../shared/lib/me';
import { FormDialog } from '../../../shared/ui/dialogs';
import { DateField, DurationField, SelectField, SwitchField, TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locales/en';
import { firstFree } from '../model';

type Values = { type_id: string; first_day: string; last_day: string; half_first: boolean; half_last: boolean; seconds: number | null; note: string };

const input = (v: Values): LeaveInput => ({
  type_id: v.type_id, first_day: v.first_day, last_day: v.last_day, half_first: v.half_first, half_last: v.half_last && v.last_day !== v.first_day, note: v.note,
  ...(v.seconds && v.first_day === v.last_day && { seconds: v.seconds, half_first: false }),
});

/** Asks for leave, and says beside it what that costs and leaves behind. */
export function AskDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const kinds = useLeaveTypesListQuery({});
  const [create] = useLeaveCreateMutation();
  const me = useMe();
  const tomorrow = addDays(today(me?.agency.time_zone), 1);
  const mine = useLeaveListQuery({ memberId: me?.member_id, state: ['requested', 'approved'], from: tomorrow, limit: 200 }, { skip: !me });
  const form = useForm<Values>({ defaultValues: { type_id: '', first_day: '', last_day: '', half_first: false, half_last: false, seconds: null, note: '' } });
  const values = useWatch({ control: form.control }) as Values;
  const items = kinds.data?.items ?? [];
  const kind = items.find((k) => k.id === values.type_id);
  const only = items[0];
  useEffect(() => {
    if (only && !form.getValues('type_id')) form.setValue('type_id', only.id);
  }, [only, form]);
  const { dirtyFields } = form.formState;
  const chosen = Boolean(dirtyFields.first_day ?? dirtyFields.last_day);
  const known = mine.data?.items;
  const unknown = mine.isError;
  useEffect(() => {
    if (!(known || unknown) || chosen || form.getValues('first_day')) return;
    const day = firstFree(known ?? [], tomorrow);
    form.setValue('first_day', day);
    form.setValue('last_day', day);
  }, [known, unknown, chosen, tomorrow, form]);
  const one = values.first_day === values.last_day;
  const send = async (v: Values) => {
    const done = await create({ leaveInput: input(v) }).unwrap();
    toast(t(done.state === 'approved' ? 'form.taken' : 'form.asked'));
    onClose();
  };
  const two = { display: 'grid', gap: 4, gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: '1fr 1fr' } };
  return (
    <FormDialog open title={t('form.title')} form={form} onClose={onClose} onSubmit={send} submitLabel={t('form.send')}>
      <SelectField name="type_id" label={t('form.kind')} options={items.map((k) => ({ value: k.id, label: k.name }))} required />
      <Box sx={two}>
        <DateField name="first_day" label={t('form.first')} required />
        <DateField name="last_day" label={t('form.last')} min={values.first_day} required />
      </Box>
      <Box sx={two}>
        <SwitchField name="half_first" label={t(one ? 'form.halfDay' : 'form.halfFirst')} />
        {!one && <SwitchField name="half_last" label={t('form.halfLast')} />}
      </Box>
      {one && kind?.unit === 'hours' && <DurationField name="seconds" label={t('form.part')} help={t('form.partHelp')} />}
      <TextField name="note" label={t('form.note')} multiline rows={2} maxLength={500} />
      <Quote ask={JSON.stringify({ ...input(values), note: '' })} chosen={chosen} />
    </FormDialog>
  );
}

/** What the days cost. Days that nobody chose yet are no mistake of theirs. */
function Quote({ ask, chosen }: { ask: string; chosen: boolean }) {
  const t = useT();
  const [quote] = useLeaveQuoteMutation();
  const [said, setSaid] = useState<{ ask: string; quote?: LeaveQuoteView; why?: string }>({ ask: '' });
  useEffect(() => {
    const asked = JSON.parse(ask) as LeaveInput;
    if (!asked.type_id || !asked.first_day || !asked.last_day || asked.last_day < asked.first_day) return;
    let current = true;
    quote({ leaveInput: asked }).unwrap().then(
      (q) => current && setSaid({ ask, quote: q }),
      (e: unknown) => current && setSaid({ ask, why: problemText(e) }),
    );
    return () => {
      current = false;
    };
  }, [ask, quote]);
  const q = said.quote;
  const much = (n: number) => t(`unit.${q?.unit ?? 'days'}`, { count: n });
  const wrong = chosen ? said.why : undefined;
  const text = wrong ?? (said.why ? t('form.choose') : undefined) ?? (!q ? t('form.counting') : !q.counts ? t('form.takes', { much: much(q.takes) }) : q.short ? t('form.short', { much: much(q.takes), left: much(q.before) }) : t('form.leaves', { much: much(q.takes), left: much(q.after) }));
  return <Typography role="status" sx={{ minHeight: 48, color: wrong || q?.short ? 'error.main' : 'text.secondary' }}>{text}</Typography>;
}
