import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import RemoveIcon from '@mui/icons-material/PersonRemoveOutlined';
import { useMemo } from 'react';
import { Link } from 'react-router';
import { useExpensesSummaryQuery } from '../../../shared/api/gen/expenses.gen';
import { formatDuration } from '../../../shared/lib/duration';
import { useCan } from '../../../shared/lib/me';
import { formatMoney, type MoneyValue } from '../../../shared/lib/money';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { Picker } from '../../../shared/ui/fields';
import { BudgetBar, Can, Duration, Figure, Figures, Money, PersonAvatar, StatusChip } from '../../../shared/ui/small';
import { EmptyState, Section } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { boardOf, useNames, useProjectTasksQuery, useProjectsAddMemberMutation, useProjectsRemoveMemberMutation, type ProjectView, type TaskView } from '../api';
import { useT } from '../locales/en';

const hours = (n: number) => `${formatDuration(n)} h`;

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

/** What was agreed against what was logged, in hours and, for those who may see it, in money. */
export function BudgetTab({ project, onEdit, onOpen }: { project: ProjectView; onEdit: () => void; onOpen: (id: string) => void }) {
  const t = useT();
  const { budget } = project;
  const { data } = useProjectTasksQuery(boardOf(project.id));
  const rows = data?.filter((x) => (x.estimate_seconds ?? 0) > 0 || x.logged_seconds > 0);
  const set = <Can permission="projects.projects.write"><Button onClick={onEdit}>{t('budget.set')}</Button></Can>;
  return (
    <>
      <Figures>
        <Figure label={t('budget.used')} value={<Duration seconds={budget.used_seconds} />} note={`${hours(budget.billable_seconds)} ${t('budget.billable')}`} />
        {budget.hours !== null && <Figure label={t('budget.left')} value={<Duration seconds={budget.left_seconds} />} note={`${t('budget.agreed')}: ${budget.hours} h`} />}
        {budget.percent !== null && <Figure label={t('budget.percent')} value={`${budget.percent} %`} />}
        {budget.money?.left && <Figure label={`${t('budget.left')} (${t('budget.money')})`} value={<Money value={budget.money.left} />} note={budget.money.percent === null ? undefined : `${t('budget.percent')}: ${budget.money.percent} %`} />}
      </Figures>
      <Section title={t('budget.hours')} action={budget.hours === null ? set : undefined}>
        {budget.hours === null ? <Typography sx={{ color: 'text.secondary' }}>{t('budget.noHours')}</Typography> : <BudgetBar label={t('budget.hours')} used={budget.used_seconds} total={Number(budget.hours) * 3600} format={hours} />}
        <Typography variant="caption" component="p" sx={{ mt: 2, color: 'text.secondary' }}>{t('budget.counts')}</Typography>
      </Section>
      {budget.money && <MoneySection budget={budget.money} action={budget.money.budget ? undefined : set} />}
      <Section title={t('budget.byTask')} pad={false}>
        <TaskEffort rows={rows} onOpen={onOpen} />
      </Section>
      <Can permission="expenses.expenses.write"><Spent project={project} /></Can>
    </>
  );
}

function MoneySection({ budget, action }: { budget: NonNullable<ProjectView['budget']['money']>; action?: React.ReactNode }) {
  const t = useT();
  return (
    <Section title={t('budget.money')} action={action}>
      {budget.budget ? (
        <Typography>{t('budget.agreed')}: <Money value={budget.budget} />{budget.used && <> · {t('budget.used')}: {budget.used.length === 0 ? '–' : budget.used.map((m) => <Box component="span" key={m.currency} sx={{ mr: 2 }}><Money value={m} /></Box>)}</>}</Typography>
      ) : <Typography sx={{ color: 'text.secondary' }}>{t('budget.noMoney')}</Typography>}
    </Section>
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

/** Who works on the project. */
export function PeopleTab({ project }: { project: ProjectView }) {
  const t = useT();
  const can = useCan();
  const { members, names } = useNames();
  const { data } = useProjectTasksQuery(boardOf(project.id));
  const [add] = useProjectsAddMemberMutation();
  const [remove] = useProjectsRemoveMemberMutation();
  const may = can('projects.projects.write') && project.state !== 'archived';
  const put = (id: string) => void add({ id: project.id, projectMember: { member_id: id } }).unwrap().catch(toast.failed);
  const takeOff = async (id: string) => {
    try {
      await remove({ id: project.id, memberId: id }).unwrap();
      toast(t('people.removed', { name: names(id) }), { undo: () => put(id) });
    } catch (e) {
      toast.failed(e);
    }
  };
  const free = members.filter((m) => m.state === 'active' && !project.member_ids.includes(m.id)).map((m) => ({ value: m.id, label: m.name }));
  const open = (id: string) => (data ?? []).filter((x) => x.assignee_id === id && !x.completed_at).length;
  return (
    <Section>
      {may && <Box sx={{ maxWidth: 360, mb: 4 }}><Picker label={t('people.add')} placeholder={t('people.choose')} options={free} value="" onChange={(id) => id && put(id)} /></Box>}
      {project.member_ids.length === 0 && <EmptyState title={t('people.empty')} />}
      <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none' }}>
        {[...project.member_ids].sort((a, b) => names(a).localeCompare(names(b))).map((id) => (
          <Box component="li" key={id} sx={{ display: 'flex', alignItems: 'center', gap: 3, minHeight: 52, borderBottom: 1, borderColor: 'divider', '&:last-of-type': { borderBottom: 0 } }}>
            <PersonAvatar name={names(id) || '…'} size={32} />
            <Box sx={{ flex: 1, minWidth: 0 }}>
              <Typography className="said" sx={{ fontWeight: 560 }}>{names(id) || '…'}</Typography>
              <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('people.open', { count: open(id) })}</Typography>
            </Box>
            {id === project.manager_id && <StatusChip label={t('people.manager')} tone="brand" />}
            {may && <IconButton aria-label={t('people.remove', { name: names(id) })} onClick={() => void takeOff(id)}><RemoveIcon fontSize="small" /></IconButton>}
          </Box>
        ))}
      </Box>
    </Section>
  );
}
