import Alert from '@mui/material/Alert';
import Typography from '@mui/material/Typography';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import Button from '@mui/material/Button';
import { useEffect, useRef, useState } from 'react';
import { useController, useForm, type FieldErrors, type Resolver } from 'react-hook-form';
import {
  useAllowanceRatesListQuery, useExpenseCategoriesListQuery, useExpensesChangeMutation, useExpensesCreateMutation, useExpensesDeleteMutation, useExpensesFigureMutation, useExpensesSubmitMutation, type ExpenseInput, type ExpenseView,
} from '../../../shared/api/gen/expenses.gen';
import { useProjectsListQuery } from '../../../shared/api/gen/projects.gen';
import { formatDay } from '../../../shared/lib/dates';
import { useDebounced } from '../../../shared/lib/hooks';
import { useMe } from '../../../shared/lib/me';
import { formatMoney } from '../../../shared/lib/money';
import { ConfirmDialog, FormDialog } from '../../../shared/ui/dialogs';
import { AutocompleteField, CurrencyField, DateField, DecimalField, MoneyField, SelectField, SwitchField, TextField } from '../../../shared/ui/fields';
import { FieldRow, type AnyForm } from '../../../shared/ui/form';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locales/en';
import { ifMatch, inputOf, valuesOf, type Values } from '../model';
import { AwayDays } from './AwayDays';
import { Receipts } from './Receipts';

type Props = { expense?: ExpenseView; today: string; projectId?: string; onClose: () => void };

const kinds = ['receipt', 'mileage', 'per_diem'] as const;

/** An expense as a form. It is kept as a draft, or handed in at once. */
export function ExpenseDialog({ expense: given, today, projectId, onClose }: Props) {
  const t = useT();
  const currency = useMe()?.agency.currency ?? 'EUR';
  const [kept, setKept] = useState(given);
  const [create] = useExpensesCreateMutation();
  const [change] = useExpensesChangeMutation();
  const [submit] = useExpensesSubmitMutation();
  const [remove] = useExpensesDeleteMutation();
  const [deleting, setDeleting] = useState(false);
  const handIn = useRef(true);
  const resolver: Resolver<Values> = (v) => {
    const errors = handIn.current ? missing(v, t) : v.kind === 'receipt' ? {} : missing({ ...v, category_id: 'any' }, t);
    return Object.keys(errors).length > 0 ? { values: {}, errors } : { values: v, errors: {} };
  };
  const form = useForm<Values>({ resolver, defaultValues: valuesOf(given, { day: today, currency, project_id: projectId }) });
  const save = async (v: Values) => {
    const wanted = handIn.current;
    handIn.current = true;
    const body = inputOf(v);
    const e = kept ? await change({ id: kept.id, 'If-Match': ifMatch(kept.version), expenseInput: body }).unwrap() : await create({ expenseInput: body }).unwrap();
    setKept(e); // what is refused from here on is a draft already
    if (wanted) await submit({ id: e.id, 'If-Match': ifMatch(e.version) }).unwrap();
    toast(t(wanted ? 'form.handedIn' : 'form.saved'));
    onClose();
  };
  return (
    <FormDialog
      open title={t(given ? 'form.edit' : 'form.new')} form={form} onSubmit={save} onClose={onClose} submitLabel={t('form.handIn')}
      extra={
        <>
          {kept && <Button color="error" onClick={() => setDeleting(true)} sx={{ mr: 'auto' }}>{t('act.delete')}</Button>}
          <Button type="submit" variant="outlined" disabled={form.formState.isSubmitting} onClick={() => { handIn.current = false; }}>{t('form.save')}</Button>
        </>
      }
    >
      {given?.state === 'rejected' && given.reject_reason && <Alert severity="warning">{t('form.back', { reason: given.reject_reason })}</Alert>}
      {kept && kept.kind === 'receipt' && <Receipts expense={kept} editable onChange={setKept} />}
      <ExpenseFields form={form} kept={kept} fixed={Boolean(given)} currency={currency} />
      <ConfirmDialog
        open={deleting} title={t('act.deleteTitle')} text={t('act.deleteText')} confirmLabel={t('act.delete')} danger onClose={() => setDeleting(false)}
        onConfirm={async () => {
          await remove({ id: kept?.id ?? '' }).unwrap();
          toast(t('act.deleted'));
          onClose();
        }}
      />
    </FormDialog>
  );
}

function ExpenseFields({ form, kept, fixed, currency }: { form: AnyForm<Values>; kept?: ExpenseView; fixed: boolean; currency: string }) {
  const t = useT();
  const kind = useController({ name: 'kind', control: form.control }).field;
  const v = form.watch();
  const categories = useExpenseCategoriesListQuery({});
  const projects = useProjectsListQuery({ limit: 200, state: ['planned', 'active', 'on_hold'] });
  const shown = useFigure(v, kept);
  const options = (categories.data?.items ?? []).map((c) => ({ value: c.id, label: c.name }));
  if (kept?.category_id && !options.some((o) => o.value === kept.category_id)) options.push({ value: kept.category_id, label: kept.category_name });
  const works = (projects.data?.items ?? []).map((p) => ({ value: p.id, label: `${p.code} ${p.name}`, group: p.client_name }));
  if (kept?.project_id && !works.some((o) => o.value === kept.project_id)) works.push({ value: kept.project_id, label: `${kept.project_code} ${kept.project_name}`, group: kept.client_name });
  works.sort((a, b) => a.group.localeCompare(b.group) || a.label.localeCompare(b.label));
  const billable = useController({ name: 'billable', control: form.control }).field;
  const project = v.project_id;
  const byDefault = shown?.billable;
  useEffect(() => {
    if (project && billable.value === undefined && byDefault) billable.onChange(true);
    // oxlint-disable-next-line react/exhaustive-deps -- what the category and the project say fills an untouched switch
  }, [byDefault, project]);
  const warning = (field: string) => shown?.findings.filter((f) => f.field === `body.${field}`).map((f) => f.text).join('; ');
  const foreign = v.kind === 'receipt' && v.currency.length === 3 && v.currency.toUpperCase() !== currency;
  const last = shown?.exchange_source === 'last' && shown.exchange_rate ? t('form.rateLast', { rate: shown.exchange_rate, on: formatDay(shown.exchange_on ?? '') }) : '';
  return (
    <>
      {!fixed && (
        <ToggleButtonGroup exclusive size="small" fullWidth value={kind.value} onChange={(_, k: Values['kind'] | null) => { if (k) { kind.onChange(k); form.setValue('allowance', ''); } }} aria-label={t('kind.label')}>
          {kinds.map((k) => <ToggleButton key={k} value={k}>{t(`kind.${k}`)}</ToggleButton>)}
        </ToggleButtonGroup>
      )}
      {v.kind === 'receipt' && (
        <FieldRow>
          <MoneyField name="gross" label={t('form.gross')} currency={v.currency.toUpperCase() || currency} help={warning('gross')} autoFocus={!fixed} required />
          <CurrencyField name="currency" label={t('form.currency')} />
        </FieldRow>
      )}
      {foreign && <DecimalField name="exchange_rate" label={t('form.rate')} help={[t('form.rateHelp', { from: v.currency.toUpperCase(), to: currency }), last].filter(Boolean).join(' · ')} maxLength={25} />}
      {v.kind !== 'receipt' && <Allowances kind={v.kind} />}
      {v.kind === 'mileage' && (
        <>
          <FieldRow><TextField name="start" label={t('form.start')} maxLength={160} /><TextField name="end" label={t('form.end')} maxLength={160} /></FieldRow>
          <FieldRow><MoneyField name="distance" label={t('form.distance')} currency={shown?.mileage?.unit ?? ''} required /><DateField name="day" label={t('form.day')} required /></FieldRow>
        </>
      )}
      {v.kind === 'per_diem' && <AwayDays worth={shown?.per_diem?.days} />}
      <FieldRow>
        <SelectField name="category_id" label={t('form.category')} options={options} empty="" required />
        {v.kind === 'receipt' && <DateField name="day" label={t('form.day')} help={warning('day')} required />}
      </FieldRow>
      {v.kind === 'receipt' && <TextField name="merchant" label={t('form.merchant')} help={warning('receipts')} maxLength={160} />}
      <AutocompleteField name="project_id" label={t('form.project')} options={works} loading={projects.isLoading} placeholder={t('form.noProject')} />
      <TextField name="note" label={t('form.note')} multiline rows={2} maxLength={2000} />
      {v.kind === 'receipt' && (
        <FieldRow>
          <MoneyField name="tax_percent" label={t('form.taxPercent')} currency="%" help={v.tax_percent === null && shown?.category_id ? `${shown.tax_percent} %` : t('form.taxHelp')} />
          <MoneyField name="tax" label={t('form.tax')} currency={v.currency.toUpperCase()} help={t('form.taxByHand')} />
        </FieldRow>
      )}
      {project && (
        <FieldRow>
          <SwitchField name="billable" label={t('form.billable')} />
          {v.billable && <MoneyField name="markup_percent" label={t('form.markup')} currency="%" help={v.markup_percent === null && shown ? `${shown.markup_percent} %${shown.markup_source && ` (${t(`markupOf.${shown.markup_source}`)})`}` : undefined} />}
        </FieldRow>
      )}
      <SwitchField name="reimbursable" label={t('form.paidBy')} />
      {shown && Number(shown.gross.amount) > 0 && (
        <Typography variant="body2" role="status" sx={{ color: 'text.secondary' }}>
          {v.kind === 'receipt' ? t('form.net', { net: formatMoney(shown.net), tax: formatMoney(shown.tax) }) : <strong>{formatMoney(shown.gross)}</strong>}
          {foreign && shown.base && ` · ${t('form.base', { base: formatMoney(shown.base) })}`}
        </Typography>
      )}
    </>
  );
}

/** The names that there are rates for. */
function Allowances({ kind }: { kind: 'mileage' | 'per_diem' }) {
  const t = useT();
  const rates = useAllowanceRatesListQuery();
  const names = [...new Set((rates.data?.items ?? []).filter((r) => r.kind === kind).map((r) => r.name))];
  const field = useController({ name: 'allowance' }).field;
  const only = names.length === 1 ? names[0] : undefined;
  useEffect(() => {
    if (only && !field.value) field.onChange(only);
    // oxlint-disable-next-line react/exhaustive-deps -- the only one there is needs no choice
  }, [only, kind]);
  if (rates.data && names.length === 0) return <Alert severity="info">{t('form.noRates')}</Alert>;
  return <SelectField name="allowance" label={t('form.allowance')} options={names.map((n) => ({ value: n, label: n }))} empty="" required />;
}

/** What the server makes of the form as it stands; the last answer stays until the next. */
function useFigure(v: Values, kept?: ExpenseView): ExpenseView | undefined {
  const [figure, { data }] = useExpensesFigureMutation();
  // Receipts make a new version, and the policy may ask for one.
  const asked = useDebounced(JSON.stringify({ id: kept?.id, version: kept?.version, entry: inputOf(v) }), 300);
  useEffect(() => {
    const { id, entry } = JSON.parse(asked) as { id?: string; entry: ExpenseInput };
    const call = figure({ expenseFigure: { expense_id: id, entry } });
    return () => call.abort(); // what was typed since is what counts
  }, [figure, asked]);
  return data?.kind === v.kind ? data : undefined;
}

function missing(v: Values, t: ReturnType<typeof useT>): FieldErrors<Values> {
  const need = (message: string) => ({ type: 'required', message });
  return {
    ...(v.category_id ? {} : { category_id: need(t('form.needCategory')) }),
    ...(v.kind === 'receipt' && !v.gross ? { gross: need(t('form.needAmount')) } : {}),
    ...(v.kind !== 'receipt' && !v.allowance ? { allowance: need(t('form.needAllowance')) } : {}),
    ...(v.kind === 'mileage' && !v.distance ? { distance: need(t('form.needDistance')) } : {}),
    ...(v.kind === 'per_diem' && v.days.length === 0 ? { days: need(t('form.needDays')) as never } : {}),
  };
}
