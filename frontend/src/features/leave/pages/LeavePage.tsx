import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useLeaveBalancesQuery, useLeaveListQuery } from '../../../shared/api/gen/leave.gen';
import { useParam, useTab } from '../../../shared/lib/hooks';
import { useCan } from '../../../shared/lib/me';
import { later } from '../../../shared/ui/later';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { Held } from '../../../shared/ui/states';
import { TabBar } from '../../../shared/ui/TabBar';
import { Balances } from '../components/Balances';
import { Mine } from '../components/Mine';
import { useT } from '../locales/en';

const AskDialog = later(async () => (await import('../components/AskDialog')).AskDialog);
const Team = later(async () => (await import('../components/Team')).Team, <Box aria-busy="true" sx={{ height: 400 }} />);
const ToDecide = later(async () => (await import('../components/ToDecide')).ToDecide, <Box aria-busy="true" sx={{ height: 400 }} />);

const own = ['mine', 'team'] as const;
const all = [...own, 'decide'] as const;

/** Leave: what one has and asks for, who of the team is away, and what waits for a decision. */
export function LeavePage() {
  const t = useT();
  const decides = useCan()('people.leave.approve');
  const tabs = decides ? all : own;
  const [tab, setTab] = useTab<typeof own | typeof all>(tabs);
  const [asking, setAsking] = useParam('ask');
  const waiting = useLeaveListQuery({ state: ['requested'], limit: 100 }, { skip: !decides });
  const balances = useLeaveBalancesQuery({}, { skip: tab !== 'mine' });
  const count = waiting.data?.items.length;
  return (
    <>
      <PageHeader title={t('title')} actions={<Button variant="contained" onClick={() => setAsking('1')}>{t('ask')}</Button>} />
      <TabBar label={t('tab.label')} value={tab} onChange={setTab} tabs={tabs.map((x) => ({ value: x, label: x === 'decide' && count ? `${t('tab.decide')} (${count})` : t(`tab.${x}`) }))} />
      {tab === 'mine' && <><Balances /><Held until={!balances.isLoading}><Mine /></Held></>}
      {tab === 'team' && <Team />}
      {tab === 'decide' && <ToDecide />}
      {asking !== '' && <AskDialog onClose={() => setAsking('')} />}
    </>
  );
}
