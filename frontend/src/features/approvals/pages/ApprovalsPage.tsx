import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useState } from 'react';
import { useTab } from '../../../shared/lib/hooks';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { TabBar } from '../../../shared/ui/TabBar';
import { later } from '../../../shared/ui/later';
import { Waiting } from '../components/Waiting';
import { useT } from '../locales/en';

const Decided = later(async () => (await import('../components/Decided')).Decided, <Box aria-busy="true" sx={{ height: 400 }} />);
const StandInsDialog = later(async () => (await import('../components/StandInsDialog')).StandInsDialog);

const tabs = ['waiting', 'approved', 'rejected'] as const;

/** The weeks that wait for a decision, and beside them those that have one. */
export function ApprovalsPage() {
  const t = useT();
  const [tab, setTab] = useTab(tabs);
  const [away, setAway] = useState(false);
  return (
    <>
      <PageHeader title={t('title')} actions={<Button onClick={() => setAway(true)}>{t('away.open')}</Button>} />
      <TabBar label={t('tab.label')} value={tab} onChange={setTab} tabs={tabs.map((x) => ({ value: x, label: t(`tab.${x}`) }))} />
      {tab === 'waiting' ? <Waiting /> : <Decided key={tab} state={tab} />}
      {away && <StandInsDialog onClose={() => setAway(false)} />}
    </>
  );
}
