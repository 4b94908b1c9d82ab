import { valibotResolver } from '@hookform/resolvers/valibot';
import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import { useNavigate } from 'react-router';
import * as v from 'valibot';
import { daysBetween, formatDay, formatDayShort, today } from '../../../shared/lib/dates';
import { useDebounced } from '../../../shared/lib/hooks';
import { tCommon } from '../../../shared/lib/i18n';
import { useCan, useMe } from '../../../shared/lib/me';
import { formatDuration } from '../../../shared/lib/duration';
import { FormDialog } from '../../../shared/ui/dialogs';
import { AutocompleteField, DateField, MoneyField, NumberField, SelectField, SwitchField, TextField, type Option } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { etag, useClientChoiceQuery, useNames, useProjectTemplatesListQuery, useProjectsChangeMutation, useProjectsCreateMutation, type ProjectView, type TemplateTaskView, type TemplateView } from '../api';
import { useT } from '../locales/en';
import { colours } from '../model';
import { Dot } from './parts';

const required = () => v.pipe(v.string(), v.trim(), v.minLength(1, () => tCommon('error.required')));
const schema = v.object({
  name: required(), client_id: required(), code: v.string(), manager_id: v.string(), starts_on: v.string(), due_on: v.string(), budget_hours: v.nullable(v.number()),
  budget_money: v.object({ amount: v.nullable(v.string()) }), billable: v.boolean(), state: v.string(), colour: v.string(), description: v.string(),
});
type Values = v.InferOutput<typeof schema>;

/** Starts a project, blank or from a template, or edits one. */
export function ProjectDialog({ project, clientId = '', onClose }: { project?: ProjectView; clientId?: string; onClose: () => void }) {
  const t = useT();
  const me = useMe();
  const can = useCan();
  const navigate = useNavigate();
  const { members } = useNames();
  const [template, setTemplate] = useState('');
  const [create] = useProjectsCreateMutation();
  const [change] = useProjectsChangeMutation();
  const form = useForm<Values>({ resolver: valibotResolver(schema), defaultValues: project ? valuesOf(project) : blank(clientId, me?.member_id ?? '', today(me?.agency.time_zone)) });
  const currency = project?.budget.money?.budget?.currency ?? me?.agency.currency ?? 'EUR';
  const seesMoney = can('projects.budget.see');

  const save = async (x: Values) => {
    const amount = x.budget_money.amount;
    if (project) {
      await change({
        id: project.id, 'If-Match': etag(project.version),
        projectChange: {
          name: x.name, code: x.code || undefined, description: x.description, state: x.state === 'archived' ? undefined : (x.state as 'active'), manager_id: x.manager_id, starts_on: x.starts_on, due_on: x.due_on, billable: x.billable,
          budget_hours: x.budget_hours === null ? '' : String(x.budget_hours), budget_money: seesMoney ? { amount: amount ?? '', currency } : undefined, colour: x.colour,
        },
      }).unwrap();
      onClose();
      return;
    }
    const made = await create({
      newProject: {
        name: x.name, client_id: x.client_id, code: x.code || undefined, description: x.description || undefined, manager_id: x.manager_id || undefined, starts_on: x.starts_on || undefined, due_on: x.due_on || undefined,
        billable: x.billable, budget_hours: x.budget_hours === null ? undefined : String(x.budget_hours), budget_money: seesMoney && amount ? { amount, currency } : undefined,
        template: template || undefined, state: 'active', colour: (x.colour || undefined) as 'blue' | undefined,
      },
    }).unwrap();
    await navigate(`/projects/${made.id}`);
  };

  const people: Option[] = members.filter((m) => m.state === 'active').map((m) => ({ value: m.id, label: m.name }));
  return (
    <FormDialog open wide title={project ? t('form.edit') : t('form.create')} form={form} onSubmit={save} onClose={onClose} submitLabel={project ? undefined : t('form.submit')}>
      {!project && <TemplateChoice value={template} onChange={setTemplate} control={form.control} />}
      <TextField name="name" label={t('form.name')} autoFocus={Boolean(project)} maxLength={120} required />
      <FieldRow>
        {project ? null : <ClientField />}
        <AutocompleteField name="manager_id" label={t('form.manager')} options={people} placeholder={t('form.nobody')} />
        {project && project.state !== 'archived' && <SelectField name="state" label={t('form.state')} options={(['planned', 'active', 'on_hold', 'completed'] as const).map((s) => ({ value: s, label: t(`state.${s}`) }))} />}
      </FieldRow>
      <FieldRow>
        <DateField name="starts_on" label={t('form.startsOn')} />
        <DateField name="due_on" label={t('form.dueOn')} />
      </FieldRow>
      <FieldRow>
        <NumberField name="budget_hours" label={t('form.budgetHours')} unit={t('form.hours')} />
        {seesMoney && <MoneyField name="budget_money.amount" label={t('form.budgetMoney')} currency={currency} />}
      </FieldRow>
      <FieldRow>
        <TextField name="code" label={t('form.code')} help={project ? undefined : t('form.codeHelp')} maxLength={24} />
        <SelectField name="colour" label={t('form.colour')} options={colours.map((c) => ({ value: c, label: t(`colour.${c}`) }))} empty={project ? undefined : '–'} />
      </FieldRow>
      <TextField name="description" label={t('form.description')} multiline rows={2} maxLength={10_000} />
      <SwitchField name="billable" label={t('form.billable')} />
    </FormDialog>
  );
}

const blank = (clientId: string, manager: string, day: string): Values => ({
  name: '', client_id: clientId, code: '', manager_id: manager, starts_on: day, due_on: '', budget_hours: null, budget_money: { amount: null }, billable: true, state: 'active', colour: '', description: '',
});

const valuesOf = (p: ProjectView): Values => ({
  name: p.name, client_id: p.client_id, code: p.code, manager_id: p.manager_id ?? '', starts_on: p.starts_on ?? '', due_on: p.due_on ?? '', budget_hours: p.budget.hours === null ? null : Number(p.budget.hours),
  budget_money: { amount: p.budget.money?.budget?.amount ?? null }, billable: p.billable, state: p.state, colour: p.colour, description: p.description,
});

function ClientField() {
  const t = useT();
  const [typed, setTyped] = useState('');
  const found = useClientChoiceQuery(useDebounced(typed));
  return <AutocompleteField name="client_id" label={t('form.client')} required options={(found.data?.items ?? []).map((c) => ({ value: c.id, label: c.name, sub: c.code }))} loading={found.isFetching} onSearch={setTyped} placeholder={t('form.findClient')} />;
}

const count = (tasks: TemplateTaskView[]): number => tasks.reduce((n, x) => n + 1 + count(x.sub_tasks ?? []), 0);

function TemplateChoice({ value, onChange, control }: { value: string; onChange: (v: string) => void; control: ReturnType<typeof useForm<Values>>['control'] }) {
  const t = useT();
  const startsOn = useDebounced(useWatch({ control, name: 'starts_on' }));
  const { currentData, data } = useProjectTemplatesListQuery({ startsOn: startsOn || undefined });
  const templates = (currentData ?? data)?.items;
  const chosen = templates?.find((x) => x.key === value);
  return (
    <Box>
      <Typography component="h3" variant="h3" id="template-choice" sx={{ mb: 2 }}>{t('form.template')}</Typography>
      <Box role="radiogroup" aria-labelledby="template-choice" sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: '1fr', sm: 'repeat(2, 1fr)' } }}>
        <Choice on={value === ''} onClick={() => onChange('')} title={t('form.blank')} text={t('form.blankText')} />
        {templates?.map((x) => (
          <Choice key={x.key} on={value === x.key} onClick={() => onChange(x.key)} colour={x.colour} title={x.name} text={x.description} foot={t('form.templateSize', { tasks: count(x.tasks), hours: x.hours, days: daysBetween(x.starts_on, x.due_on) + 1 })} />
        )) ?? Array.from({ length: 3 }, (_, i) => <Skeleton key={i} variant="rounded" height={96} />)}
      </Box>
      {chosen && <Preview template={chosen} />}
    </Box>
  );
}

function Choice({ on, onClick, title, text, foot, colour }: { on: boolean; onClick: () => void; title: string; text: string; foot?: string; colour?: string }) {
  return (
    <ButtonBase
      role="radio"
      aria-checked={on}
      onClick={onClick}
      sx={{ display: 'block', textAlign: 'start', p: 3, border: 1, borderRadius: 1, borderColor: on ? 'primary.main' : 'divider', boxShadow: on ? 'inset 0 0 0 1px var(--mui-palette-primary-main)' : 'none', font: 'inherit' }}
    >
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 2, fontWeight: 600 }}>{colour && <Dot colour={colour} />}{title}</Box>
      <Typography variant="body2" sx={{ color: 'text.secondary', mt: 1 }}>{text}</Typography>
      {foot && <Typography variant="caption" component="p" sx={{ color: 'text.secondary', mt: 1 }}>{foot}</Typography>}
    </ButtonBase>
  );
}

/** The tasks that the template makes, with their dates. */
function Preview({ template }: { template: TemplateView }) {
  const t = useT();
  const line = (x: TemplateTaskView, depth: number): React.ReactNode => (
    <Box component="li" key={x.name} sx={{ listStyle: 'none' }}>
      <Box sx={{ display: 'flex', gap: 3, pl: depth * 4, py: 0.75, fontSize: 13 }}>
        <Box component="span" sx={{ flex: 1, minWidth: 0, fontWeight: depth === 0 ? 560 : undefined }}>{x.name}</Box>
        <Box component="span" sx={{ color: 'text.secondary', whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' }}>{x.estimate_seconds > 0 && `${formatDuration(x.estimate_seconds)} · `}{formatDayShort(x.starts_on)}{x.due_on !== x.starts_on && ` – ${formatDayShort(x.due_on)}`}</Box>
      </Box>
      {(x.sub_tasks?.length ?? 0) > 0 && <Box component="ul" sx={{ m: 0, p: 0 }}>{x.sub_tasks?.map((s) => line(s, depth + 1))}</Box>}
    </Box>
  );
  return (
    <Box component="section" aria-label={t('form.preview')} sx={{ mt: 3, border: 1, borderColor: 'divider', borderRadius: 1, bgcolor: 'background.default' }}>
      <Typography variant="body2" sx={{ px: 3, pt: 2, color: 'text.secondary' }}>{t('form.previewDates', { from: formatDay(template.starts_on), to: formatDay(template.due_on) })}</Typography>
      <Box component="ul" tabIndex={0} aria-label={t('form.preview')} sx={{ m: 0, px: 3, pb: 2, pt: 1, maxHeight: 220, overflowY: 'auto' }}>{template.tasks.map((x) => line(x, 0))}</Box>
    </Box>
  );
}
