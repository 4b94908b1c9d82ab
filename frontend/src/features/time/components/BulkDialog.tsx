import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useController, useForm, useWatch } from 'react-hook-form';
import { useTimeEntriesBulkMutation, useTimeEntriesUndoBulkMutation, type TimeBulk, type TimeBulkChange, type TimeBulkView } from '../../../shared/api/gen/time.gen';
import { problemText } from '../../../shared/api/problem';
import { useServices } from '../../../shared/api/services';
import { useDebounced } from '../../../shared/lib/hooks';
import { useCan } from '../../../shared/lib/me';
import { formatMoney } from '../../../shared/lib/money';
import { useBillableDecided } from '../../../shared/ui/BillableSwitch';
import { FormDialog } from '../../../shared/ui/dialogs';
import { NumberField, SelectField, SwitchField, TextField } from '../../../shared/ui/fields';
import { FieldRow, type AnyForm } from '../../../shared/ui/form';
import { toast } from '../../../shared/ui/Toast';
import { WorkPicker } from '../../../shared/ui/WorkPicker';
import { useBulkPreviewQuery } from '../api';
import { useT } from '../locales/en';

type Values = {
  change: { project_id: string; task_id: string; service_id: string; billable: '' | 'yes' | 'no'; note: string; move_days: number | null; reprice: boolean };
  replace: boolean;
};

const none = '-';

/** What is to be changed, as the server reads it; undefined while nothing is. */
function changeOf({ change: c, replace }: Values): TimeBulkChange | undefined {
  const out: TimeBulkChange = {
    ...(c.project_id && { project_id: c.project_id, task_id: c.task_id || undefined }),
    ...(c.service_id && { service_id: c.service_id === none ? '' : c.service_id }),
    ...(c.billable && { billable: c.billable === 'yes' }),
    ...(replace && { note: c.note }),
    ...(c.move_days && { move_days: c.move_days }),
    ...(c.reprice && { reprice: true }),
  };
  return Object.keys(out).length > 0 ? out : undefined;
}

type Props = { which: Pick<TimeBulk, 'entry_ids' | 'filter'>; onClose: (done: boolean) => void };

/** Changes many entries at once, after showing what that does. */
export function BulkDialog({ which, onClose }: Props) {
  const t = useT();
  const [apply] = useTimeEntriesBulkMutation();
  const [undo] = useTimeEntriesUndoBulkMutation();
  const form = useForm<Values>({ defaultValues: { change: { project_id: '', task_id: '', service_id: '', billable: '', note: '', move_days: null, reprice: false }, replace: false } });
  const change = useDebounced(JSON.stringify(changeOf(useWatch({ control: form.control }) as Values) ?? null), 300);
  const body = { ...which, change: JSON.parse(change) as TimeBulkChange };
  const preview = useBulkPreviewQuery(body, { skip: change === 'null' });
  const seen = change === 'null' ? undefined : preview.currentData;
  const save = async (v: Values) => {
    const done = await apply({ timeBulk: { ...which, change: changeOf(v) ?? {}, seen: JSON.stringify(changeOf(v)) === change ? seen?.seen : undefined } }).unwrap();
    toast(t('bulk.done', { count: done.changed }), { undo: () => void undo({ id: done.id }).unwrap().then((r) => toast(t('bulk.undone', { count: r.changed })), toast.failed) });
    onClose(true);
  };
  return (
    <FormDialog open title={t('bulk.title')} form={form} onSubmit={save} onClose={() => onClose(false)} stopped={!seen?.changed || seen.stopped !== ''} submitLabel={seen?.changed ? t('bulk.change', { count: seen.changed }) : t(change !== 'null' && preview.isFetching ? 'bulk.counting' : 'bulk.none')}>
      <BulkFields form={form} />
      <Box role="status" aria-label={t('bulk.preview')} aria-busy={preview.isFetching} sx={{ minHeight: 112, p: 4, borderRadius: 1, border: 1, borderColor: 'divider', opacity: preview.isFetching ? 0.6 : 1 }}>
        {preview.error && change !== 'null' ? <Typography sx={{ color: 'error.main' }}>{problemText(preview.error)}</Typography> : seen ? <Effect of={seen} /> : <Typography sx={{ color: 'text.secondary' }}>{t(change === 'null' ? 'bulk.say' : 'bulk.counting')}</Typography>}
      </Box>
    </FormDialog>
  );
}

function BulkFields({ form }: { form: AnyForm<Values> }) {
  const t = useT();
  const can = useCan();
  const services = useServices();
  const decided = useBillableDecided();
  const { control } = form;
  const project = useController({ name: 'change.project_id', control });
  const task = useController({ name: 'change.task_id', control });
  const replace = useWatch({ name: 'replace', control });
  return (
    <>
      <WorkPicker
        autoFocus
        value={{ projectId: project.field.value, taskId: task.field.value }}
        onChange={(w) => { project.field.onChange(w.projectId); task.field.onChange(w.taskId); }}
        errors={{ project: project.fieldState.error?.message, task: task.fieldState.error?.message }}
      />
      <FieldRow>
        {services.length > 0 && <SelectField name="change.service_id" label={t('bulk.service')} empty={t('bulk.keep')} options={[{ value: none, label: t('bulk.noService') }, ...services]} />}
        <SelectField name="change.billable" label={t('bulk.billable')} disabled={decided !== undefined} help={decided} empty={t('bulk.keep')} options={[{ value: 'yes', label: t('entries.yes') }, { value: 'no', label: t('entries.no') }]} />
      </FieldRow>
      <NumberField name="change.move_days" label={t('bulk.move')} help={t('bulk.moveHelp')} />
      <SwitchField name="replace" label={t('bulk.replaceNote')} />
      {replace && <TextField name="change.note" label={t('bulk.note')} multiline rows={2} maxLength={2000} />}
      {can('rates.cards.write') && can('rates.bill.see') && <SwitchField name="change.reprice" label={t('bulk.reprice')} help={t('bulk.repriceHelp')} />}
    </>
  );
}

function Effect({ of: x }: { of: TimeBulkView }) {
  const t = useT();
  const stay = x.refused.reduce((n, r) => n + r.entries, 0);
  const said = (ms: TimeBulkView['before']) => (ms ?? []).map((m) => formatMoney(m)).join(' + ') || t('bulk.nothing');
  const [before, after] = [said(x.before), said(x.after)];
  return (
    <>
      <Typography sx={{ fontWeight: 620 }}>{t('bulk.changed', { count: x.changed })}</Typography>
      {(x.before ?? x.after) && <Typography sx={{ fontVariantNumeric: 'tabular-nums' }}>{before === after ? t('bulk.sameWorth', { before }) : t('bulk.worth', { before, after })}</Typography>}
      {x.stopped && <Typography sx={{ color: 'error.main' }}>{x.stopped}</Typography>}
      {x.unchanged > 0 && <Typography sx={{ color: 'text.secondary' }}>{t('bulk.unchanged', { count: x.unchanged })}</Typography>}
      {stay > 0 && (
        <>
          <Typography sx={{ color: 'warning.main' }}>{t('bulk.stay', { count: stay })}</Typography>
          <Box component="ul" sx={{ m: 0, pl: 5 }}>
            {x.refused.map((r) => <li key={r.why}>{t(`bulk.why.${r.why}`, { count: r.entries })}</li>)}
          </Box>
        </>
      )}
    </>
  );
}
