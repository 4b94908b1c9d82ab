import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import AddIcon from '@mui/icons-material/AddRounded';
import { useState } from 'react';
import { useTimesheetsCopyLastWeekMutation, type TimeGrid, type TimeGridRow } from '../../../shared/api/gen/time.gen';
import { ActionMenu, BottomSheet } from '../../../shared/ui/dialogs';
import { toast } from '../../../shared/ui/Toast';
import { later } from '../../../shared/ui/later';
import { weekOf } from '../model';
import { useT } from '../locales/en';

const AddRow = later(async () => (await import('./AddRow')).AddRow);

/** More rows for the week: one by hand, or those of the week before. */
export function RowTools({ grid, onRow }: { grid: TimeGrid; onRow: (r: TimeGridRow) => void }) {
  const t = useT();
  const [copy, copying] = useTimesheetsCopyLastWeekMutation();
  const [menu, setMenu] = useState<HTMLElement | null>(null);
  const [adding, setAdding] = useState(false);
  const run = async (hours: boolean) => {
    try {
      const g = await copy({ weekInput: { week: weekOf(grid), hours } }).unwrap();
      toast(g.rows.length > 0 ? t('grid.copied') : t('grid.nothingToCopy'));
    } catch (e) {
      toast.failed(e);
    }
  };
  return (
    <Box sx={{ display: 'flex', gap: 2, flexWrap: 'wrap', mb: 4 }}>
      <Button startIcon={<AddIcon />} onClick={() => setAdding(true)}>{t('grid.add')}</Button>
      <Button loading={copying.isLoading} aria-haspopup="menu" aria-expanded={menu !== null} onClick={(e) => setMenu(e.currentTarget)}>{t('grid.copy')}</Button>
      <ActionMenu open={menu !== null} anchor={menu} onClose={() => setMenu(null)} actions={[{ label: t('grid.copyRows'), run: () => void run(false) }, { label: t('grid.copyHours'), run: () => void run(true) }]} />
      <BottomSheet open={adding} title={t('grid.addTitle')} onClose={() => setAdding(false)}>
        <AddRow grid={grid} onRow={(r) => { setAdding(false); onRow(r); }} />
      </BottomSheet>
    </Box>
  );
}
