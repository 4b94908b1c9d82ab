import { valibotResolver } from '@hookform/resolvers/valibot';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import {
  useAllowanceRatesCreateMutation, useAllowanceRatesEndMutation, useExpenseCategoriesChangeMutation, useExpenseCategoriesCreateMutation, useExpenseCategoriesListQuery, useExpenseMarkupsChangeMutation, useExpenseMarkupsCreateMutation, useExpensePoliciesChangeMutation, useExpensePoliciesCreateMutation,
  type AllowanceRateView, type ExpenseCategoryView, type ExpenseMarkupView, type ExpensePolicyView,
} from '../../../shared/api/gen/expenses.gen';
import { useClientsListQuery } from '../../../shared/api/gen/clients.gen';
import { useTaxRatesListQuery } from '../../../shared/api/gen/invoices.gen';
import { tCommon } from '../../../shared/lib/i18n';
import { useCan, useMe } from '../../../shared/lib/me';
import { FormDialog } from '../../../shared/ui/dialogs';
import { AutocompleteField, CurrencyField, DateField, MoneyField, NumberField, SelectField, SwitchField, TextField } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locales/en';
import { ifMatch } from '../model';

type Done = { onClose: () => void };
const plain = (s: string | null | undefined) => s ?? '';
const said = (s: string | null) => Boolean(s);
const needed = () => v.pipe(v.string(), v.trim(), v.minLength(1, () => tCommon('error.required')));
const figure = () => v.pipe(v.nullable(v.string()), v.check(said, () => tCommon('error.required')));

const categorySchema = v.looseObject({ name: needed() });
const rateSchema = v.looseObject({ name: needed(), per_unit: figure(), currency: needed(), valid_from: needed() });
const limits = ['per_expense', 'per_day', 'receipt_above', 'late_after_days'] as const;
const policySchema = (none: string) => v.pipe(
  v.looseObject({ per_expense: v.nullable(v.string()), per_day: v.nullable(v.string()), receipt_above: v.nullable(v.string()), late_after_days: v.nullable(v.number()) }),
  v.forward(v.check((x) => limits.some((l) => Boolean(x[l])), none), ['per_expense']),
);
const markupSchema = v.object({ client_id: needed(), markup_percent: figure() });

export function CategoryDialog({ category: c, onClose }: Done & { category?: ExpenseCategoryView }) {
  const t = useT();
  const [create] = useExpenseCategoriesCreateMutation();
  const [change] = useExpenseCategoriesChangeMutation();
  const taxes = useTaxRatesListQuery(undefined, { skip: !useCan()('invoicing.settings.read') }).data?.items;
  const form = useForm({
    resolver: valibotResolver(categorySchema) as never,
    defaultValues: { name: c?.name ?? '', account_code: c?.account_code ?? '', billable: c?.billable ?? true, markup_percent: (c?.markup_percent ?? null) as string | null, tax_percent: (c?.tax_percent ?? null) as string | null, tax_rate_id: c?.tax_rate_id ?? '' },
  });
  return (
    <FormDialog
      open title={t(c ? 'settings.categories' : 'settings.addCategory')} form={form} onClose={onClose}
      onSubmit={async (v) => {
        const body = { ...v, markup_percent: plain(v.markup_percent), tax_percent: plain(v.tax_percent) };
        if (c) await change({ id: c.id, 'If-Match': ifMatch(c.version), expenseCategoryInput: body }).unwrap();
        else await create({ expenseCategoryInput: body }).unwrap();
        toast(t('settings.saved'));
        onClose();
      }}
    >
      <TextField name="name" label={t('settings.name')} maxLength={80} autoFocus required />
      <FieldRow><MoneyField name="tax_percent" label={t('settings.tax')} currency="%" /><MoneyField name="markup_percent" label={t('settings.markup')} currency="%" /></FieldRow>
      <TextField name="account_code" label={t('settings.account')} help={t('settings.accountHelp')} maxLength={40} />
      {taxes && <SelectField name="tax_rate_id" label={t('settings.taxOn')} empty={t('settings.taxDefault')} options={taxes.filter((x) => !x.archived_at || x.id === c?.tax_rate_id).map((x) => ({ value: x.id, label: x.name }))} />}
      <SwitchField name="billable" label={t('settings.billable')} />
    </FormDialog>
  );
}

export function PolicyDialog({ policy: p, onClose }: Done & { policy?: ExpensePolicyView }) {
  const t = useT();
  const agency = useMe()?.agency.currency ?? 'EUR';
  const currency = p?.currency ?? agency;
  const categories = useExpenseCategoriesListQuery({});
  const [create] = useExpensePoliciesCreateMutation();
  const [change] = useExpensePoliciesChangeMutation();
  const some = (s?: string | null) => s ?? null;
  const form = useForm({
    resolver: valibotResolver(policySchema(t('settings.noLimit'))) as never,
    defaultValues: { category_id: p?.category_id ?? '', per_expense: some(p?.per_expense), per_day: some(p?.per_day), receipt_above: some(p?.receipt_above), late_after_days: (p?.late_after_days || null) as number | null, refuses: p?.refuses ?? false },
  });
  return (
    <FormDialog
      open title={t(p ? 'settings.policies' : 'settings.addPolicy')} form={form} onClose={onClose}
      onSubmit={async ({ category_id, late_after_days, ...v }) => {
        const limits = { per_expense: v.per_expense ?? undefined, per_day: v.per_day ?? undefined, receipt_above: v.receipt_above ?? undefined, refuses: v.refuses, late_after_days: late_after_days ?? 0 };
        if (p) await change({ id: p.id, 'If-Match': ifMatch(p.version), expenseLimits: limits }).unwrap();
        else await create({ newExpensePolicy: { ...limits, category_id: category_id || undefined } }).unwrap();
        toast(t('settings.saved'));
        onClose();
      }}
    >
      <SelectField name="category_id" label={t('settings.for')} empty={t('settings.everything')} disabled={Boolean(p)} options={(categories.data?.items ?? []).map((c) => ({ value: c.id, label: c.name }))} />
      <FieldRow><MoneyField name="per_expense" label={t('settings.perExpense')} currency={currency} /><MoneyField name="per_day" label={t('settings.perDay')} currency={currency} /></FieldRow>
      <FieldRow><MoneyField name="receipt_above" label={t('settings.receiptAbove')} currency={currency} /><NumberField name="late_after_days" label={t('settings.late')} unit={t('settings.day')} /></FieldRow>
      <SwitchField name="refuses" label={t('settings.refuses')} />
    </FormDialog>
  );
}

export function MarkupDialog({ markup: m, onClose }: Done & { markup?: ExpenseMarkupView }) {
  const t = useT();
  const [typed, setTyped] = useState('');
  const clients = useClientsListQuery({ q: typed, limit: 50 }, { skip: Boolean(m) });
  const [create] = useExpenseMarkupsCreateMutation();
  const [change] = useExpenseMarkupsChangeMutation();
  const form = useForm({ resolver: valibotResolver(markupSchema), defaultValues: { client_id: m?.client_id ?? '', markup_percent: (m?.markup_percent ?? null) as string | null } });
  const options = m ? [{ value: m.client_id, label: m.client_name }] : (clients.data?.items ?? []).map((c) => ({ value: c.id, label: c.name, sub: c.code }));
  return (
    <FormDialog
      open title={m ? m.client_name : t('settings.addMarkup')} form={form} onClose={onClose}
      onSubmit={async ({ client_id, markup_percent }) => {
        const body = { markup_percent: plain(markup_percent) };
        if (m) await change({ id: m.id, 'If-Match': ifMatch(m.version), expenseMarkupInput: body }).unwrap();
        else await create({ newExpenseMarkup: { client_id, ...body } }).unwrap();
        toast(t('settings.saved'));
        onClose();
      }}
    >
      {!m && <AutocompleteField name="client_id" label={t('settings.client')} placeholder={t('settings.findClient')} required onSearch={setTyped} loading={clients.isFetching} options={options} />}
      <MoneyField name="markup_percent" label={t('settings.markup')} currency="%" help={t('settings.markupHelp')} autoFocus={Boolean(m)} required />
    </FormDialog>
  );
}

export function RateDialog({ onClose }: Done) {
  const t = useT();
  const agency = useMe()?.agency.currency ?? 'EUR';
  const [create] = useAllowanceRatesCreateMutation();
  const nothing = null as string | null;
  const form = useForm({
    resolver: valibotResolver(rateSchema) as never,
    defaultValues: { kind: 'mileage' as 'mileage' | 'per_diem', name: '', unit: 'km' as 'km' | 'mi', currency: agency, per_unit: nothing, half_day: nothing, breakfast_percent: nothing, lunch_percent: nothing, dinner_percent: nothing, valid_from: '', valid_to: '' },
  });
  const stay = form.watch('kind') === 'per_diem';
  const currency = form.watch('currency');
  return (
    <FormDialog
      open title={t('settings.addRate')} form={form} onClose={onClose}
      onSubmit={async ({ valid_to, unit, ...v }) => {
        await create({
          allowanceRateInput: {
            ...v, unit: stay ? 'day' : unit, per_unit: plain(v.per_unit), half_day: plain(v.half_day), breakfast_percent: plain(v.breakfast_percent), lunch_percent: plain(v.lunch_percent), dinner_percent: plain(v.dinner_percent),
            ...(valid_to ? { valid_to } : {}),
          },
        }).unwrap();
        toast(t('settings.saved'));
        onClose();
      }}
    >
      <SelectField name="kind" label={t('kind.label')} options={[{ value: 'mileage', label: t('kind.mileage') }, { value: 'per_diem', label: t('kind.per_diem') }]} />
      <TextField name="name" label={t(stay ? 'settings.region' : 'settings.vehicle')} maxLength={80} autoFocus required />
      <FieldRow>
        <MoneyField name="per_unit" label={t('settings.per')} currency={currency} required />
        {stay ? <MoneyField name="half_day" label={t('settings.half')} currency={currency} /> : <SelectField name="unit" label={t('settings.unit')} options={[{ value: 'km', label: t('settings.km') }, { value: 'mi', label: t('settings.mi') }]} />}
        <CurrencyField name="currency" label={t('settings.currency')} required />
      </FieldRow>
      {stay && (
        <FieldRow>
          <MoneyField name="breakfast_percent" label={t('settings.breakfast')} currency="%" help={t('settings.meals')} />
          <MoneyField name="lunch_percent" label={t('settings.lunch')} currency="%" />
          <MoneyField name="dinner_percent" label={t('settings.dinner')} currency="%" />
        </FieldRow>
      )}
      <FieldRow><DateField name="valid_from" label={t('settings.from')} required /><DateField name="valid_to" label={t('settings.until')} help={t('settings.untilHelp')} /></FieldRow>
    </FormDialog>
  );
}

export function EndDialog({ rate: r, onClose }: Done & { rate: AllowanceRateView }) {
  const t = useT();
  const [end] = useAllowanceRatesEndMutation();
  const form = useForm({ defaultValues: { valid_to: r.valid_to ?? '' } });
  return (
    <FormDialog
      open title={t('settings.endTitle')} form={form} onClose={onClose} submitLabel={t('settings.end')}
      onSubmit={async ({ valid_to }) => {
        await end({ id: r.id, 'If-Match': ifMatch(r.version), allowanceRateEnd: valid_to ? { valid_to } : {} }).unwrap();
        toast(t('settings.saved'));
        onClose();
      }}
    >
      <DateField name="valid_to" label={t('settings.until')} help={t('settings.untilHelp')} autoFocus />
    </FormDialog>
  );
}
