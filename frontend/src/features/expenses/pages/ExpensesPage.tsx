import AddIcon from '@mui/icons-material/AddRounded';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useExpensesSummaryQuery } from '../../../shared/api/gen/expenses.gen';
import { today as todayIn } from '../../../shared/lib/dates';
import { useKey, useParam } from '../../../shared/lib/hooks';
import { useCan, useMe } from '../../../shared/lib/me';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { SkeletonRows } from '../../../shared/ui/states';
import { TabBar } from '../../../shared/ui/TabBar';
import { later } from '../../../shared/ui/later';
import { useT } from '../locales/en';

const wait = <Box aria-busy="true" sx={{ minHeight: 480 }} />;
const ListTab = later(async () => (await import('../components/ListTab')).ListTab, wait);
const WaitingTab = later(async () => (await import('../components/WaitingTab')).WaitingTab, wait);
const OwedTab = later(async () => (await import('../components/OwedTab')).OwedTab, wait);
const ExpenseDialog = later(async () => (await import('../components/ExpenseDialog')).ExpenseDialog);
const OpenExpense = later(async () => (await import('../components/OpenExpense')).OpenExpense);

const permissions = { mine: 'expenses.expenses.write', waiting: 'expenses.expenses.approve', owed: 'expenses.reimbursements.write', all: 'expenses.expenses.read_all' } as const;
type Tab = keyof typeof permissions;

/** What people spent: one's own, what waits for a decision, what is to be paid back, and all of it. */
export function ExpensesPage() {
  const t = useT();
  const can = useCan();
  const me = useMe();
  const tabs = (Object.keys(permissions) as Tab[]).filter((k) => can(permissions[k]));
  const [raw, setTab] = useParam('tab', 'mine');
  const tab = tabs.find((k) => k === raw) ?? 'mine';
  const [creating, setCreating] = useParam('new');
  const [open, setOpen] = useParam('open');
  const waiting = useExpensesSummaryQuery({ state: ['submitted'], others: true }, { skip: !can(permissions.waiting) }).data?.count;
  const owed = useExpensesSummaryQuery({ repayment: 'open' }, { skip: !can(permissions.owed) }).data?.count;
  const counts: Partial<Record<Tab, number>> = { waiting, owed };
  useKey('c', () => setCreating('1'));
  if (!me) return <SkeletonRows label={t('title')} />;
  const today = todayIn(me.agency.time_zone);
  return (
    <>
      <PageHeader title={t('title')} actions={<Button variant="contained" startIcon={<AddIcon />} onClick={() => setCreating('1')}>{t('new')}</Button>} />
      {tabs.length > 1 && <TabBar label={t('tab.label')} value={tab} onChange={setTab} tabs={tabs.map((k) => ({ value: k, label: counts[k] ? `${t(`tab.${k}`)} ${counts[k]}` : t(`tab.${k}`) }))} />}
      {tab === 'mine' && <ListTab key="mine" mine={me.member_id} onOpen={setOpen} />}
      {tab === 'all' && <ListTab key="all" onOpen={setOpen} />}
      {tab === 'waiting' && <WaitingTab onOpen={setOpen} />}
      {tab === 'owed' && <OwedTab onOpen={setOpen} />}
      {creating !== '' && <ExpenseDialog today={today} onClose={() => setCreating('')} />}
      {open !== '' && <OpenExpense key={open} id={open} today={today} onClose={() => setOpen('')} />}
    </>
  );
}
