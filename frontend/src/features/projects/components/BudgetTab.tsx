import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import { useExpensesSummaryQuery } from '../../../shared/api/gen/expenses.gen';
import { useProjectsMarginQuery } from '../../../shared/api/gen/rates.gen';
import { useCan } from '../../../shared/lib/me';
import { formatMoney, type MoneyValue } from '../../../shared/lib/money';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { later } from '../../../shared/ui/later';
import { Can, Duration, Figure, Figures, Money } from '../../../shared/ui/small';
import { EmptyState, ErrorState, Held, Section, SkeletonRows } from '../../../shared/ui/states';
import { boardOf, useBudgetsListQuery, useNames, useProjectTasksQuery, type BudgetView, type ProjectView, type TaskView } from '../api';
import { useT } from '../locales/en';
import { hours } from '../model';
import { BudgetLine, useBudgetName } from './BudgetLine';

const AgreedHours = later(async () => (await import('../../../shared/ui/AgreedHours')).AgreedHours, <Box sx={{ height: { xs: 152, sm: 128 } }} />);
const BudgetDialog = later(async () => (await import('./BudgetDialog')).BudgetDialog);

/** What was spent for the project, as far as one may see it. */
function Spent({ project }: { project: ProjectView }) {
  const t = useT();
  const { data } = useExpensesSummaryQuery({ projectId: project.id });
  if (!data || data.count === 0) return null;
  const sum = (all: MoneyValue[]) => (all.length > 0 ? all.map((m) => formatMoney(m)).join(' + ') : '–');
  return (
    <Section title={t('spent.title')} action={<Button component={Link} to={`/expenses?tab=all&project=${project.id}`}>{t('spent.open')}</Button>}>
      <Typography>{t('spent.sum', { count: data.count, sum: sum(data.base.length > 0 ? data.base : data.gross) })}</Typography>
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('spent.toBill', { sum: sum(data.to_bill) })}</Typography>
    </Section>
  );
}

/** What the project is worth against what it cost, for the few who may know. */
function Margin({ project }: { project: ProjectView }) {
  const t = useT();
  const { data } = useProjectsMarginQuery({ id: project.id });
  const m = data?.cost;
  const loaded = m !== undefined && JSON.stringify(m.loaded_costs) !== JSON.stringify(m.costs);
  const all = (x: MoneyValue[]) => (x.length > 0 ? x.map((y) => formatMoney(y)).join(' + ') : '–');
  return (
    <Section title={t('margin.title')}>
      <Box sx={{ minHeight: { xs: 240, sm: 110 } }}>
        {m && (
          <>
            <Figures>
              <Figure label={t('margin.worth')} value={all(m.worth)} />
              <Figure label={t('margin.cost')} value={all(m.costs)} />
              <Figure label={t('margin.title')} value={<Money value={m.margin} />} note={m.percent === null ? undefined : `${m.percent} %`} />
              {loaded && <Figure label={t('margin.loadedCost')} value={all(m.loaded_costs)} />}
              {loaded && <Figure label={t('margin.loaded')} value={<Money value={m.loaded_margin} />} note={m.loaded_percent === null ? undefined : `${m.loaded_percent} %`} />}
            </Figures>
            <Typography variant="caption" component="p" sx={{ color: 'text.secondary' }}>{m.seconds_without_cost > 0 ? t('margin.without', { hours: hours(m.seconds_without_cost) }) : t('margin.counts')}{m.posted.length > 0 ? ` ${t('margin.posted', { sum: all(m.posted) })}` : ''}</Typography>
          </>
        )}
      </Box>
    </Section>
  );
}

/** What was agreed against what was spent, in hours and, for those who may see it, in money. */
export function BudgetTab({ project, onOpen }: { project: ProjectView; onOpen: (id: string) => void }) {
  const t = useT();
  const can = useCan();
  const { budget } = project;
  const { data } = useProjectTasksQuery(boardOf(project.id));
  const list = useBudgetsListQuery({ id: project.id });
  const rows = data?.filter((x) => (x.estimate_seconds ?? 0) > 0 || x.logged_seconds > 0);
  return (
    <>
      <Figures>
        <Figure label={t('budget.used')} value={<Duration seconds={budget.used_seconds} />} note={`${hours(budget.billable_seconds)} ${t('budget.billable')}`} />
        {budget.hours !== null && <Figure label={t('budget.left')} value={<Duration seconds={budget.left_seconds} />} note={`${t('budget.agreed')}: ${budget.hours} h`} />}
        {budget.percent !== null && <Figure label={t('budget.percent')} value={`${budget.percent} %`} />}
        {budget.money?.left && <Figure label={`${t('budget.left')} (${t('budget.money')})`} value={<Money value={budget.money.left} />} note={budget.money.percent === null ? undefined : `${t('budget.percent')}: ${budget.money.percent} %`} />}
        {budget.money && !budget.money.left && budget.money.used && budget.money.used.length > 0 && <Figure label={t('budget.worth')} value={budget.money.used.map((m) => <Box component="span" key={m.currency} sx={{ mr: 2 }}><Money value={m} /></Box>)} />}
      </Figures>
      {list.error && !list.data ? <ErrorState error={list.error} onRetry={() => void list.refetch()} /> : !list.data ? <SkeletonRows label={t('budget.title')} rows={3} rowHeight={88} /> : <Budgets project={project} budgets={list.data.items} tasks={data ?? []} />}
      <Held until={Boolean(list.data ?? list.error)}>
        <Section title={t('budget.byTask')} pad={false}>
          <TaskEffort rows={rows} onOpen={onOpen} />
        </Section>
        {can('rates.cost.see') && can('rates.bill.see') && <Margin project={project} />}
        <Can permission="rates.cards.read"><AgreedHours clientId={project.client_id} projectId={project.id} /></Can>
        <Can permission="expenses.expenses.write"><Spent project={project} /></Can>
      </Held>
    </>
  );
}

function Budgets({ project, budgets, tasks }: { project: ProjectView; budgets: BudgetView[]; tasks: TaskView[] }) {
  const t = useT();
  const can = useCan();
  const { names } = useNames();
  const name = useBudgetName();
  const [open, setOpen] = useState<BudgetView | 'new' | null>(null);
  const may = can('projects.projects.write') && project.state !== 'archived';
  const add = may && <Button onClick={() => setOpen('new')}>{t('budget.add')}</Button>;
  const worst = [...budgets].sort((a, b) => Number(b.stopped) - Number(a.stopped) || b.level - a.level)[0];
  return (
    <>
      {worst && worst.level >= 75 && (
        <Alert severity={worst.stopped || worst.level >= 100 ? 'error' : 'warning'} sx={{ mb: 4 }}>
          {t(worst.stopped ? 'budget.isStopped' : 'budget.isReached', { name: name(worst, names), percent: worst.percent ?? worst.level })}
        </Alert>
      )}
      <Section title={t('budget.title')} action={budgets.length > 0 ? add || undefined : undefined}>
        {budgets.length === 0 ? <EmptyState title={t('budget.none')} text={t('budget.noneText')} action={add || undefined} /> : (
          <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none' }}>
            {budgets.map((b) => <BudgetLine key={b.id} budget={b} due={project.due_on} name={name(b, names)} onEdit={may && (b.unit === 'hours' || can('projects.budget.see')) ? () => setOpen(b) : undefined} />)}
          </Box>
        )}
      </Section>
      {open && <BudgetDialog project={project} budget={open === 'new' ? undefined : open} tasks={tasks} onClose={() => setOpen(null)} />}
    </>
  );
}

function useEffortColumns(): Column<TaskView>[] {
  const t = useT();
  return useMemo(() => [
    { key: 'name', header: t('task.name'), width: 'minmax(160px, 3fr)', cell: (x) => x.name },
    { key: 'estimate', header: t('task.estimate'), numeric: true, cell: (x) => <Duration seconds={x.estimate_seconds} /> },
    { key: 'logged', header: t('task.logged'), numeric: true, cell: (x) => <Duration seconds={x.logged_seconds} /> },
    { key: 'remaining', header: t('task.remaining'), numeric: true, cell: (x) => <Duration seconds={x.remaining_seconds} /> },
    { key: 'percent', header: t('task.percent'), numeric: true, cell: (x) => `${x.percent_complete} %` },
  ], [t]);
}

const effortCard = (x: TaskView) => <CardRow title={x.name} end={<><Duration seconds={x.logged_seconds} /> / <Duration seconds={x.estimate_seconds} /></>} sub={x.column_name} state={`${x.percent_complete} %`} />;

function TaskEffort({ rows, onOpen }: { rows: TaskView[] | undefined; onOpen: (id: string) => void }) {
  const t = useT();
  const columns = useEffortColumns();
  return (
    <DataTable
      label={t('budget.byTask')} rows={rows} columns={columns} getId={(x) => x.id} onOpen={(x) => onOpen(x.id)} empty={<EmptyState title={t('task.empty')} />}
      card={effortCard}
    />
  );
}
