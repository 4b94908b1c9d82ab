import Typography from '@mui/material/Typography';
import { useController, useForm, type FieldErrors, type Resolver } from 'react-hook-form';
import type { TimeSuggestionView } from '../../../shared/api/gen/time.gen';
import { useServices } from '../../../shared/api/services';
import { FormDialog } from '../../../shared/ui/dialogs';
import { SelectField } from '../../../shared/ui/fields';
import { WorkPicker } from '../../../shared/ui/WorkPicker';
import { useT } from '../locales/en';
import { nameOf, useSuggestions } from '../suggestions';

type Values = { project_id: string; task_id: string; service_id: string };

/** The work that events were, chosen once for all of them. */
export function TakeDialog({ events, onClose }: { events: TimeSuggestionView[]; onClose: () => void }) {
  const t = useT();
  const { add } = useSuggestions();
  const services = useServices();
  const known = events.find((e) => e.work)?.work;
  const resolver: Resolver<Values> = (v) => {
    const errors: FieldErrors<Values> = v.project_id ? {} : { project_id: { type: 'required', message: t('suggest.needProject') } };
    return v.project_id ? { values: v, errors: {} } : { values: {}, errors };
  };
  const form = useForm<Values>({ resolver, defaultValues: { project_id: known?.project_id ?? '', task_id: known?.task_id ?? '', service_id: known?.service_id ?? '' } });
  const project = useController({ control: form.control, name: 'project_id' });
  const task = useController({ control: form.control, name: 'task_id' });
  const count = events.length;
  return (
    <FormDialog
      open
      title={t('suggest.pickTitle', { count, what: events[0] ? nameOf(events[0], t('suggest.untitled')) : '' })}
      form={form}
      submitLabel={t('suggest.go', { count })}
      onClose={onClose}
      onSubmit={async (v) => {
        await add(events, { project_id: v.project_id, task_id: v.task_id || undefined, service_id: v.service_id || undefined });
        onClose();
      }}
    >
      <WorkPicker
        value={{ projectId: project.field.value, taskId: task.field.value }}
        onChange={(w) => { project.field.onChange(w.projectId); task.field.onChange(w.taskId); }}
        errors={{ project: project.fieldState.error?.message, task: task.fieldState.error?.message }}
        autoFocus
      />
      {services.length > 0 && <SelectField name="service_id" label={t('entry.service')} options={[{ value: '', label: t('entry.noService') }, ...services]} />}
      {events.some((e) => e.source === 'calendar') && <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('suggest.remember')}</Typography>}
    </FormDialog>
  );
}
