import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useState } from 'react';
import {
  useAllowanceRatesListQuery, useAllowanceRatesRemoveMutation, useExpenseCategoriesArchiveMutation, useExpenseCategoriesListQuery, useExpenseCategoriesRestoreMutation, useExpenseMarkupsListQuery, useExpenseMarkupsRemoveMutation, useExpensePoliciesListQuery, useExpensePoliciesRemoveMutation,
  type AllowanceRateView, type ExpenseCategoryView, type ExpenseMarkupView, type ExpensePolicyView,
} from '../../../shared/api/gen/expenses.gen';
import { formatDay } from '../../../shared/lib/dates';
import { useCan } from '../../../shared/lib/me';
import { formatMoney } from '../../../shared/lib/money';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { StatusChip } from '../../../shared/ui/small';
import { EmptyState, Held, Section } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { later } from '../../../shared/ui/later';
import { useT } from '../locales/en';

const CategoryDialog = later(async () => (await import('../components/SettingsDialogs')).CategoryDialog);
const MarkupDialog = later(async () => (await import('../components/SettingsDialogs')).MarkupDialog);
const PolicyDialog = later(async () => (await import('../components/SettingsDialogs')).PolicyDialog);
const RateDialog = later(async () => (await import('../components/SettingsDialogs')).RateDialog);
const EndDialog = later(async () => (await import('../components/SettingsDialogs')).EndDialog);

export function SettingsPage() {
  const t = useT();
  const writes = useCan()('expenses.settings.write');
  const categories = useExpenseCategoriesListQuery({ archived: true });
  const policies = useExpensePoliciesListQuery();
  return (
    <Box sx={{ maxWidth: 960 }}>
      <PageHeader title={t('settings.title')} sub={t('settings.sub')} up={{ to: '/settings', label: t('settings.up') }} />
      <Categories writes={writes} />
      {writes && <Held until={!categories.isLoading}><Markups /></Held>}
      <Held until={!categories.isLoading}><Policies writes={writes} /></Held>
      <Held until={!categories.isLoading && !policies.isLoading}><Rates writes={writes} /></Held>
    </Box>
  );
}

function Categories({ writes }: { writes: boolean }) {
  const t = useT();
  const list = useExpenseCategoriesListQuery({ archived: true });
  const [archive] = useExpenseCategoriesArchiveMutation();
  const [restore] = useExpenseCategoriesRestoreMutation();
  const [editing, setEditing] = useState<ExpenseCategoryView | 'new' | null>(null);
  const put = async (c: ExpenseCategoryView) => {
    try {
      if (c.archived_at) await restore({ id: c.id }).unwrap();
      else {
        await archive({ id: c.id }).unwrap();
        toast(t('settings.archivedToast', { name: c.name }), { undo: () => void restore({ id: c.id }) });
      }
    } catch (e) {
      toast.failed(e);
    }
  };
  const add = writes && <Button variant="outlined" onClick={() => setEditing('new')}>{t('settings.addCategory')}</Button>;
  const percent = (s: string | undefined) => (Number(s) === 0 ? '' : `${s} %`);
  const named = (what: string, s: string | undefined) => percent(s) && `${what}: ${percent(s)}`;
  const state = (c: ExpenseCategoryView) => (c.archived_at ? <StatusChip label={t('settings.archived')} /> : '');
  const columns: Column<ExpenseCategoryView>[] = [
    { key: 'name', header: t('settings.name'), width: 'minmax(0, 2fr)', cell: (c) => c.name },
    { key: 'account', header: t('settings.account'), width: '120px', from: 'md', cell: (c) => c.account_code },
    { key: 'tax', header: t('settings.tax'), width: '140px', numeric: true, cell: (c) => percent(c.tax_percent) },
    { key: 'markup', header: t('settings.markup'), width: '100px', numeric: true, cell: (c) => percent(c.markup_percent) },
    { key: 'state', header: t('col.state'), width: '120px', cell: state },
  ];
  return (
    <Section title={t('settings.categories')} action={add} pad={false}>
      <DataTable
        label={t('settings.categories')} rows={list.data?.items} columns={columns} getId={(c) => c.id} nameOf={(c) => c.name} onOpen={writes ? setEditing : undefined} error={list.error} onRetry={() => void list.refetch()}
        actionsWidth="96px" actions={writes ? (c) => <Button size="small" color="inherit" onClick={() => void put(c)}>{t(c.archived_at ? 'settings.restore' : 'settings.archive')}</Button> : undefined}
        card={(c) => <CardRow title={c.name} sub={[c.account_code, named(t('settings.tax'), c.tax_percent), named(t('settings.markup'), c.markup_percent)].filter(Boolean).join(' · ')} state={state(c)} />}
        empty={<EmptyState title={t('settings.noCategory')} text={t('settings.noCategoryText')} action={add} />}
      />
      {editing && <CategoryDialog category={editing === 'new' ? undefined : editing} onClose={() => setEditing(null)} />}
    </Section>
  );
}

function Markups() {
  const t = useT();
  const list = useExpenseMarkupsListQuery();
  const [remove] = useExpenseMarkupsRemoveMutation();
  const [editing, setEditing] = useState<ExpenseMarkupView | 'new' | null>(null);
  const take = async (m: ExpenseMarkupView) => {
    try {
      await remove({ id: m.id }).unwrap();
      toast(t('settings.markupRemoved', { name: m.client_name }));
    } catch (e) {
      toast.failed(e);
    }
  };
  const add = <Button variant="outlined" onClick={() => setEditing('new')}>{t('settings.addMarkup')}</Button>;
  const percent = (m: ExpenseMarkupView) => (Number(m.markup_percent) === 0 ? t('settings.atCost') : `${m.markup_percent} %`);
  const columns: Column<ExpenseMarkupView>[] = [
    { key: 'client', header: t('settings.client'), width: 'minmax(0, 1fr)', cell: (m) => m.client_name },
    { key: 'markup', header: t('settings.markup'), width: '120px', numeric: true, cell: percent },
  ];
  return (
    <Section title={t('settings.markups')} action={add} pad={false}>
      <DataTable
        label={t('settings.markups')} rows={list.data?.items} columns={columns} getId={(m) => m.id} nameOf={(m) => m.client_name} onOpen={setEditing} error={list.error} onRetry={() => void list.refetch()}
        actionsWidth="96px" actions={(m) => <Button size="small" color="inherit" onClick={() => void take(m)}>{t('settings.remove')}</Button>}
        card={(m) => <CardRow title={m.client_name} end={percent(m)} />}
        empty={<EmptyState title={t('settings.noMarkup')} text={t('settings.noMarkupText')} action={add} />}
      />
      {editing && <MarkupDialog markup={editing === 'new' ? undefined : editing} onClose={() => setEditing(null)} />}
    </Section>
  );
}

function Policies({ writes }: { writes: boolean }) {
  const t = useT();
  const list = useExpensePoliciesListQuery();
  const categories = useExpenseCategoriesListQuery({ archived: true });
  const [remove] = useExpensePoliciesRemoveMutation();
  const [editing, setEditing] = useState<ExpensePolicyView | 'new' | null>(null);
  const name = (p: ExpensePolicyView) => (p.category_id ? (categories.data?.items.find((c) => c.id === p.category_id)?.name ?? '') : t('settings.everything'));
  const amount = (s: string | undefined, p: ExpensePolicyView) => (s ? formatMoney({ amount: s, currency: p.currency }) : '–');
  const lift = async (p: ExpensePolicyView) => {
    try {
      await remove({ id: p.id }).unwrap();
      toast(t('settings.lifted'));
    } catch (e) {
      toast.failed(e);
    }
  };
  const add = writes && <Button variant="outlined" onClick={() => setEditing('new')}>{t('settings.addPolicy')}</Button>;
  const does = (p: ExpensePolicyView) => <StatusChip label={t(p.refuses ? 'settings.refusesShort' : 'settings.warns')} tone={p.refuses ? 'danger' : 'warning'} />;
  const columns: Column<ExpensePolicyView>[] = [
    { key: 'for', header: t('settings.for'), width: 'minmax(0, 2fr)', cell: name },
    { key: 'each', header: t('settings.perExpense'), width: '120px', numeric: true, cell: (p) => amount(p.per_expense, p) },
    { key: 'day', header: t('settings.perDay'), width: '140px', numeric: true, from: 'md', cell: (p) => amount(p.per_day, p) },
    { key: 'receipt', header: t('settings.receiptAbove'), width: '130px', numeric: true, cell: (p) => amount(p.receipt_above, p) },
    { key: 'does', header: t('col.state'), width: '120px', cell: does },
  ];
  return (
    <Section title={t('settings.policies')} action={add} pad={false}>
      <DataTable
        label={t('settings.policies')} rows={list.data?.items} columns={columns} getId={(p) => p.id} nameOf={name} onOpen={writes ? setEditing : undefined} error={list.error} onRetry={() => void list.refetch()}
        actionsWidth="80px" actions={writes ? (p) => <Button size="small" color="inherit" onClick={() => void lift(p)}>{t('settings.lift')}</Button> : undefined}
        card={(p) => <CardRow title={name(p)} end={amount(p.per_expense, p)} sub={p.receipt_above ? `${t('settings.receiptAbove')} ${amount(p.receipt_above, p)}` : ''} state={does(p)} />}
        empty={<EmptyState title={t('settings.noPolicy')} text={t('settings.noPolicyText')} action={add} />}
      />
      {editing && <PolicyDialog policy={editing === 'new' ? undefined : editing} onClose={() => setEditing(null)} />}
    </Section>
  );
}

function Rates({ writes }: { writes: boolean }) {
  const t = useT();
  const list = useAllowanceRatesListQuery();
  const [remove] = useAllowanceRatesRemoveMutation();
  const [adding, setAdding] = useState(false);
  const [ending, setEnding] = useState<AllowanceRateView | null>(null);
  const take = async (r: AllowanceRateView) => {
    try {
      await remove({ id: r.id }).unwrap();
      toast(t('settings.removed'));
    } catch (e) {
      toast.failed(e);
    }
  };
  const add = writes && <Button variant="outlined" onClick={() => setAdding(true)}>{t('settings.addRate')}</Button>;
  const worth = (r: AllowanceRateView) => `${formatMoney({ amount: r.per_unit, currency: r.currency ?? 'EUR' })} / ${t(`settings.${r.unit ?? 'day'}`).toLowerCase()}`;
  const span = (r: AllowanceRateView) => `${formatDay(r.valid_from)} – ${r.valid_to ? formatDay(r.valid_to) : t('settings.open')}`;
  const columns: Column<AllowanceRateView>[] = [
    { key: 'name', header: t('settings.name'), width: 'minmax(0, 1fr)', cell: (r) => r.name },
    { key: 'kind', header: t('kind.label'), width: '110px', from: 'md', cell: (r) => t(`kind.${r.kind}`) },
    { key: 'worth', header: t('settings.per'), width: '170px', numeric: true, cell: worth },
    { key: 'from', header: t('settings.from'), width: '220px', cell: span },
  ];
  return (
    <Section title={t('settings.rates')} action={add} pad={false}>
      <DataTable
        label={t('settings.rates')} rows={list.data?.items} columns={columns} getId={(r) => r.id} nameOf={(r) => `${r.name}, ${span(r)}`} onOpen={writes ? setEnding : undefined} error={list.error} onRetry={() => void list.refetch()}
        actionsWidth="96px" actions={writes ? (r) => <Button size="small" color="inherit" onClick={() => void take(r)}>{t('settings.remove')}</Button> : undefined}
        card={(r) => <CardRow title={r.name} end={worth(r)} sub={span(r)} />}
        empty={<EmptyState title={t('settings.noRate')} text={t('settings.noRateText')} action={add} />}
      />
      {adding && <RateDialog onClose={() => setAdding(false)} />}
      {ending && <EndDialog rate={ending} onClose={() => setEnding(null)} />}
    </Section>
  );
}
