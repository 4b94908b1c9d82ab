import { useState } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useHolidaySetsListQuery } from '../../../shared/api/gen/people.gen';
import { today } from '../../../shared/lib/dates';
import { useParam } from '../../../shared/lib/hooks';
import { useCan } from '../../../shared/lib/me';
import { later } from '../../../shared/ui/later';
import { EmptyState, ErrorState, Section, SkeletonPage } from '../../../shared/ui/states';
import { TabBar } from '../../../shared/ui/TabBar';
import { HolidaySet } from '../components/HolidaySet';
import { SettingsPage } from '../components/SettingsPage';
import { useT } from '../locale';

const NewHolidaySet = later(async () => (await import('../components/NewHolidaySet')).NewHolidaySet);

/** The days on which people do not work, by region: what expected hours are computed from. */
export function HolidaysPage() {
  const t = useT();
  const writes = useCan()('people.positions.write');
  const now = Number(today().slice(0, 4));
  const [shown, setYear] = useParam('year', String(now));
  const [adding, setAdding] = useState(false);
  const sets = useHolidaySetsListQuery();
  const years = [now - 1, now, now + 1, now + 2].map(String);
  const year = years.includes(shown) ? shown : String(now);
  const items = sets.data?.items;
  const add = writes && <Button variant="contained" onClick={() => setAdding(true)}>{t('holidays.add')}</Button>;
  return (
    <SettingsPage title={t('holidays.title')} sub={t('holidays.sub')} actions={add}>
      {!items ? (sets.error ? <ErrorState error={sets.error} onRetry={() => void sets.refetch()} /> : <SkeletonPage />) : items.length === 0 ? (
        <Section><EmptyState title={t('holidays.empty')} text={t('holidays.emptyText')} action={add} /></Section>
      ) : (
        <>
          <TabBar label={t('holidays.year')} value={year} onChange={setYear} tabs={years.map((y) => ({ value: y, label: y }))} />
          <Box sx={{ display: 'grid', gap: 4 }}>{items.map((s) => <HolidaySet key={s.id} set={s} year={Number(year)} writes={writes} />)}</Box>
        </>
      )}
      {adding && <NewHolidaySet year={now} onClose={() => setAdding(false)} />}
    </SettingsPage>
  );
}
