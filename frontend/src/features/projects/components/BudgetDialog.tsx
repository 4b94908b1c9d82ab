import { valibotResolver } from '@hookform/resolvers/valibot';
import Typography from '@mui/material/Typography';
import { useForm, useWatch } from 'react-hook-form';
import * as v from 'valibot';
import { tCommon } from '../../../shared/lib/i18n';
import { useCan, useMe } from '../../../shared/lib/me';
import { FormDialog } from '../../../shared/ui/dialogs';
import { AutocompleteField, MoneyField, NumberField, SelectField, SwitchField, TextField } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { etag, useBudgetsChangeMutation, useBudgetsCreateMutation, useNames, type BudgetView, type ProjectView, type TaskView } from '../api';
import { useT } from '../locales/en';
import { useBudgetName } from './BudgetLine';

const units = ['hours', 'money'] as const;
const counts = ['logged', 'approved'] as const;
const percentages = /^\s*(\d{1,3}\s*%?\s*([,;]|\s)\s*)*(\d{1,3}\s*%?)?\s*$/;
const schema = (wrong: string) => v.object({
  task_id: v.string(), member_id: v.string(), unit: v.picklist(units), hours: v.nullable(v.number()), money: v.object({ amount: v.nullable(v.string()) }),
  counts: v.picklist(counts), billable_only: v.boolean(), alerts: v.pipe(v.string(), v.regex(percentages, wrong)), hard_stop: v.boolean(),
});
type Values = v.InferOutput<ReturnType<typeof schema>>;

/** Agrees on a budget, or changes its terms. What it is for, and in what, stays. */
export function BudgetDialog({ project, budget, tasks, onClose }: { project: ProjectView; budget?: BudgetView; tasks: TaskView[]; onClose: () => void }) {
  const t = useT();
  const can = useCan();
  const agency = useMe()?.agency.currency ?? 'EUR';
  const { members, names } = useNames();
  const name = useBudgetName();
  const [create] = useBudgetsCreateMutation();
  const [change] = useBudgetsChangeMutation();
  const form = useForm<Values>({ resolver: valibotResolver(schema(t('budget.badAlerts'))), defaultValues: valuesOf(budget) });
  const unit = useWatch({ control: form.control, name: 'unit' });
  const counted = useWatch({ control: form.control, name: 'counts' });
  const currency = budget?.money?.budget.currency ?? project.budget.money?.budget?.currency ?? agency;
  const save = async (x: Values) => {
    if (unit === 'hours' ? x.hours === null : !x.money.amount) {
      form.setError(unit === 'hours' ? 'hours' : 'money.amount', { message: tCommon('error.required') });
      return;
    }
    const terms = {
      hours: unit === 'hours' ? String(x.hours) : undefined, money: unit === 'money' ? { amount: x.money.amount ?? '', currency } : undefined, approved_only: x.counts === 'approved', billable_only: x.billable_only,
      alerts: (x.alerts.match(/\d+/g) ?? []).map(Number), hard_stop: x.hard_stop,
    };
    if (budget) await change({ id: budget.id, 'If-Match': etag(budget.version), budgetTerms: terms }).unwrap();
    else await create({ id: project.id, newBudget: { unit, task_id: x.task_id || undefined, member_id: x.member_id || undefined, ...terms } }).unwrap();
    onClose();
  };
  return (
    <FormDialog open title={budget ? t('budget.edit') : t('budget.add')} form={form} onSubmit={save} onClose={onClose} submitLabel={t('budget.save')}>
      {budget ? <Typography>{name(budget, names)}</Typography> : (
        <FieldRow>
          <AutocompleteField name="task_id" label={t('budget.for')} help={t('budget.forHelp')} placeholder={t('budget.ofProject')} options={tasks.map((x) => ({ value: x.id, label: x.name, sub: x.sub_tasks > 0 ? t('budget.phase') : undefined }))} />
          <AutocompleteField name="member_id" label={t('budget.whose')} help={t('budget.whoseHelp')} placeholder={t('budget.everybody')} options={members.filter((m) => m.state === 'active').map((m) => ({ value: m.id, label: m.name }))} />
        </FieldRow>
      )}
      <FieldRow>
        {!budget && <SelectField name="unit" label={t('budget.in')} options={units.filter((u) => u === 'hours' || can('projects.budget.see')).map((u) => ({ value: u, label: t(`budget.unit.${u}`) }))} />}
        {unit === 'hours' ? <NumberField name="hours" label={t('budget.hoursOf')} unit={t('form.hours')} required /> : <MoneyField name="money.amount" label={t('budget.amount')} currency={currency} required />}
      </FieldRow>
      <FieldRow>
        <SelectField name="counts" label={t('budget.countsLabel')} options={counts.map((c) => ({ value: c, label: t(c === 'logged' ? 'budget.countsLogged' : 'budget.countsApproved') }))} />
        <TextField name="alerts" label={t('budget.alerts')} help={t('budget.alertsHelp')} maxLength={60} />
      </FieldRow>
      {unit === 'hours' && <SwitchField name="billable_only" label={t('budget.countsBillable')} />}
      <SwitchField name="hard_stop" label={t('budget.hardStop')} help={t(counted === 'approved' ? 'budget.hardStopNeeds' : 'budget.hardStopHelp')} />
    </FormDialog>
  );
}

const valuesOf = (b?: BudgetView): Values => ({
  task_id: b?.task_id ?? '', member_id: b?.member_id ?? '', unit: b?.unit ?? 'hours', hours: b?.hours ? Number(b.hours) : null, money: { amount: b?.money?.budget.amount ?? null },
  counts: b?.approved_only ? 'approved' : 'logged', billable_only: b?.billable_only ?? false, alerts: (b?.alerts ?? [50, 75, 90, 100]).join(', '), hard_stop: b?.hard_stop ?? false,
});
