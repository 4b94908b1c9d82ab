import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useState } from 'react';
import { useExpenseCategoriesListQuery, useExpensesSummaryQuery, type ExpensesListApiArg, type ExpenseView } from '../../../shared/api/gen/expenses.gen';
import { useProjectsListQuery } from '../../../shared/api/gen/projects.gen';
import { useFeed } from '../../../shared/api/infinite';
import { useStaff } from '../../../shared/api/members';
import { formatDay } from '../../../shared/lib/dates';
import { useParam } from '../../../shared/lib/hooks';
import { formatMoney, type MoneyValue } from '../../../shared/lib/money';
import { ActionMenu } from '../../../shared/ui/dialogs';
import { DataTable, type Column } from '../../../shared/ui/DataTable';
import { FilterBar } from '../../../shared/ui/filters';
import { Figure, Figures, Money } from '../../../shared/ui/small';
import { EmptyState, NoResults } from '../../../shared/ui/states';
import { useExpensesFeedInfiniteQuery } from '../api';
import { useT } from '../locales/en';
import { ExpenseCard, Settled, StateChip, useWhat, What } from './parts';
import { Uploads } from './Uploads';

const states = ['draft', 'submitted', 'approved', 'rejected'] as const;
const sums = (all: MoneyValue[] | undefined) => (all && all.length > 0 ? all.map((m) => formatMoney(m)).join(' + ') : '–');

/** Expenses with what they come to: one's own, with the place to drop receipts, or everybody's. */
export function ListTab({ mine, onOpen }: { mine?: string; onOpen: (id: string) => void }) {
  const t = useT();
  const what = useWhat();
  const { nameOf, options } = useStaff();
  const [q, setQ] = useParam('q');
  const [state, setState] = useParam('state');
  const [category, setCategory] = useParam('category');
  const [project, setProject] = useParam('project');
  const [member, setMember] = useParam('member');
  const [from, setFrom] = useParam('from');
  const [to, setTo] = useParam('to');
  const [billing, setBilling] = useParam('billing');
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const categories = useExpenseCategoriesListQuery({ archived: true });
  const projects = useProjectsListQuery({ limit: 200 });
  const narrow = {
    memberId: mine ?? (member || undefined), q: q || undefined, categoryId: category || undefined, projectId: project || undefined, from: from || undefined, to: to || undefined,
    billing: (billing || undefined) as ExpensesListApiArg['billing'], state: state ? [state as (typeof states)[number]] : undefined,
  };
  const list = useFeed(useExpensesFeedInfiniteQuery(narrow));
  const total = useExpensesSummaryQuery(narrow).data;
  const filters = [setQ, setState, setCategory, setProject, setMember, setFrom, setTo, setBilling];
  const clear = () => { for (const f of filters) f(''); };
  const filtered = Boolean(q || state || category || project || (!mine && member) || from || to || billing);
  const query = new URLSearchParams(Object.entries({ member_id: narrow.memberId, q, category_id: category, project_id: project, from, to, billing, state }).filter((x): x is [string, string] => Boolean(x[1]))).toString();
  const save = (format: 'csv' | 'xlsx') => () => { location.assign(`/api/v1/expenses/export.${format}?${query}`); };
  const columns: Column<ExpenseView>[] = [
    { key: 'day', header: t('col.day'), width: '130px', cell: (e) => formatDay(e.day) },
    { key: 'what', header: t('col.what'), width: 'minmax(0, 3fr)', cell: (e) => <What expense={e} /> },
    ...(mine ? [] : [{ key: 'member', header: t('col.member'), width: 'minmax(0, 1fr)', from: 'md' as const, cell: (e: ExpenseView) => nameOf(e.member_id) || t('someone') }]),
    { key: 'project', header: t('col.project'), width: 'minmax(0, 1fr)', from: 'md', cell: (e) => e.project_code },
    { key: 'state', header: t('col.state'), width: '120px', cell: (e) => <StateChip expense={e} /> },
    { key: 'settled', header: t('col.settled'), width: '210px', from: 'md', cell: (e) => <Settled expense={e} /> },
    { key: 'gross', header: t('col.amount'), width: '120px', numeric: true, cell: (e) => <Money value={e.gross} /> },
  ];
  const body = (
    <>
      <Box sx={{ minHeight: { xs: 232, sm: 112 } }}>
        {total && (
          <Figures>
            <Figure label={t('figure.total')} value={sums(total.base.length > 0 ? total.base : total.gross)} note={t('figure.count', { count: total.count })} />
            <Figure label={t('figure.owed')} value={sums(total.owed)} note={'\u00a0'} />
            <Figure label={t('figure.toBill')} value={sums(total.to_bill)} note={'\u00a0'} />
            <Figure label={t('figure.drafts')} value={total.drafts} note={`${t('figure.waiting')}: ${total.waiting}`} />
          </Figures>
        )}
      </Box>
      <FilterBar
        search={{ value: q, onChange: setQ, label: t('search') }}
        filters={[
          { key: 'state', label: t('filter.state'), value: state, onChange: setState, options: states.map((s) => ({ value: s, label: t(`state.${s}`) })) },
          { key: 'category', label: t('filter.category'), value: category, onChange: setCategory, options: (categories.data?.items ?? []).map((c) => ({ value: c.id, label: c.name })) },
          { key: 'project', label: t('filter.project'), value: project, onChange: setProject, options: (projects.data?.items ?? []).map((p) => ({ value: p.id, label: `${p.code} ${p.name}` })) },
          ...(mine ? [] : [{ key: 'member', label: t('filter.member'), value: member, onChange: setMember, options }]),
          { key: 'billing', label: t('filter.billing'), value: billing, onChange: setBilling, options: [{ value: 'open', label: t('filter.notBilled') }, { value: 'done', label: t('filter.billed') }] },
          { key: 'from', kind: 'date', label: t('filter.from'), value: from, onChange: setFrom },
          { key: 'to', kind: 'date', label: t('filter.to'), value: to, onChange: setTo },
        ]}
        end={<Button aria-haspopup="menu" onClick={(e) => setAnchor(e.currentTarget)}>{t('act.export')}</Button>}
      />
      <ActionMenu open={anchor !== null} anchor={anchor} onClose={() => setAnchor(null)} actions={[{ label: t('act.csv'), run: save('csv') }, { label: t('act.xlsx'), run: save('xlsx') }]} />
      <DataTable
        {...list}
        label={t('title')}
        columns={columns}
        getId={(e) => e.id}
        nameOf={what}
        onOpen={(e) => onOpen(e.id)}
        card={(e) => <ExpenseCard expense={e} name={mine ? undefined : nameOf(e.member_id)} />}
        empty={filtered ? <NoResults onClear={clear} /> : <EmptyState title={t('empty')} text={mine ? t('emptyText') : undefined} />}
      />
    </>
  );
  return mine ? <Uploads onFill={onOpen}>{body}</Uploads> : body;
}
