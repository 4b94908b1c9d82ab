import AddIcon from '@mui/icons-material/AddRounded';
import RemoveIcon from '@mui/icons-material/DeleteOutlineRounded';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import { useFieldArray, useForm } from 'react-hook-form';
import { useProjectsListQuery } from '../../../shared/api/gen/projects.gen';
import { useRetainersSaveTasksMutation, type RetainerTaskPlan, type RetainerView } from '../../../shared/api/gen/retainers.gen';
import { FormDialog } from '../../../shared/ui/dialogs';
import { AutocompleteField, DurationField, NumberField, TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { useMembers } from '../members';
import { useT } from '../locales/en';

type Row = { name: string; assignee_id: string; estimate_seconds: number | null; due_day: number | null };
type Values = { project_id: string; items: Row[] };

/** The tasks of a period, one by one. */
export function TasksDialog({ retainer: r, plan, onClose }: { retainer: RetainerView; plan: RetainerTaskPlan; onClose: () => void }) {
  const t = useT();
  const [save] = useRetainersSaveTasksMutation();
  const projects = useProjectsListQuery({ clientId: r.client_id, limit: 100 });
  const { options } = useMembers();
  const form = useForm<Values>({
    defaultValues: {
      project_id: plan.project_id ?? '',
      items: plan.items.map((x) => ({ name: x.name, assignee_id: x.assignee_id ?? '', estimate_seconds: x.estimate_seconds ?? null, due_day: x.due_day || null })),
    },
  });
  const { fields, append, remove } = useFieldArray({ control: form.control, name: 'items', keyName: 'key' });
  return (
    <FormDialog
      open
      wide
      title={t('tasks.title')}
      form={form}
      onClose={onClose}
      onSubmit={async (x) => {
        const items = x.items.map((i) => ({ name: i.name, ...(i.assignee_id && { assignee_id: i.assignee_id }), ...(i.estimate_seconds !== null && { estimate_seconds: i.estimate_seconds }), ...(i.due_day && { due_day: i.due_day }) }));
        await save({ id: r.id, retainerTaskPlanInput: { ...(x.project_id && { project_id: x.project_id }), items, version: plan.version } }).unwrap();
        toast(t('tasks.saved'));
        onClose();
      }}
    >
      <Typography sx={{ color: 'text.secondary' }}>{t('tasks.about')}</Typography>
      <AutocompleteField name="project_id" label={t('project')} required loading={projects.isFetching} options={(projects.data?.items ?? []).map((x) => ({ value: x.id, label: x.name, sub: x.code }))} />
      <Box component="ol" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 4 }}>
        {fields.map((f, n) => (
          <Box component="li" key={f.key} sx={{ display: 'grid', gap: 3, alignItems: 'start', gridTemplateColumns: { xs: '1fr 1fr', md: 'minmax(0, 3fr) minmax(0, 2fr) 110px 110px auto' } }}>
            <Box sx={{ gridColumn: { xs: '1 / -1', md: 'auto' } }}><TextField name={`items.${n}.name`} label={t('tasks.name')} maxLength={250} required /></Box>
            <Box sx={{ gridColumn: { xs: '1 / -1', md: 'auto' } }}><AutocompleteField name={`items.${n}.assignee_id`} label={t('tasks.assignee')} options={options} /></Box>
            <DurationField name={`items.${n}.estimate_seconds`} label={t('tasks.estimate')} />
            <NumberField name={`items.${n}.due_day`} label={t('tasks.due')} />
            <IconButton sx={{ justifySelf: 'end', gridColumn: { xs: '1 / -1', md: 'auto' } }} aria-label={t('tasks.remove', { n: n + 1 })} onClick={() => remove(n)}><RemoveIcon fontSize="small" /></IconButton>
          </Box>
        ))}
      </Box>
      {fields.length < 50 && <Button sx={{ justifySelf: 'start', alignSelf: 'start' }} variant="outlined" startIcon={<AddIcon />} onClick={() => append({ name: '', assignee_id: '', estimate_seconds: null, due_day: null })}>{t('tasks.add')}</Button>}
    </FormDialog>
  );
}
