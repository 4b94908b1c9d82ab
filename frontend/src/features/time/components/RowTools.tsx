import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import AddIcon from '@mui/icons-material/AddRounded';
import { useState } from 'react';
import { useLazyProjectsGetQuery } from '../../../shared/api/gen/projects.gen';
import { useLazyTasksGetQuery } from '../../../shared/api/gen/tasks.gen';
import { useTimesheetsCopyLastWeekMutation, type TimeGrid, type TimeGridRow } from '../../../shared/api/gen/time.gen';
import { BottomSheet } from '../../../shared/ui/dialogs';
import { toast } from '../../../shared/ui/Toast';
import { WorkPicker, type Work } from '../../../shared/ui/WorkPicker';
import { emptyRow } from '../model';
import { useT } from '../locales/en';

/** More rows for the week: one by hand, or those of the week before. */
export function RowTools({ grid, onRow }: { grid: TimeGrid; onRow: (r: TimeGridRow) => void }) {
  const t = useT();
  const [copy, copying] = useTimesheetsCopyLastWeekMutation();
  const [menu, setMenu] = useState<HTMLElement | null>(null);
  const [adding, setAdding] = useState(false);
  const run = async (hours: boolean) => {
    setMenu(null);
    try {
      const g = await copy({ weekInput: { week: grid.timesheet.week, hours } }).unwrap();
      toast(g.rows.length > 0 ? t('grid.copied') : t('grid.nothingToCopy'));
    } catch (e) {
      toast.failed(e);
    }
  };
  return (
    <Box sx={{ display: 'flex', gap: 2, flexWrap: 'wrap' }}>
      <Button startIcon={<AddIcon />} onClick={() => setAdding(true)}>{t('grid.add')}</Button>
      <Button loading={copying.isLoading} aria-haspopup="menu" aria-expanded={menu !== null} onClick={(e) => setMenu(e.currentTarget)}>{t('grid.copy')}</Button>
      <Menu open={menu !== null} anchorEl={menu} onClose={() => setMenu(null)}>
        <MenuItem onClick={() => void run(false)}>{t('grid.copyRows')}</MenuItem>
        <MenuItem onClick={() => void run(true)}>{t('grid.copyHours')}</MenuItem>
      </Menu>
      <BottomSheet open={adding} title={t('grid.addTitle')} onClose={() => setAdding(false)}>
        <AddRow grid={grid} onRow={(r) => { setAdding(false); onRow(r); }} />
      </BottomSheet>
    </Box>
  );
}

function AddRow({ grid, onRow }: { grid: TimeGrid; onRow: (r: TimeGridRow) => void }) {
  const t = useT();
  const [work, setWork] = useState<Work>({ projectId: '', taskId: '' });
  const [project] = useLazyProjectsGetQuery();
  const [task] = useLazyTasksGetQuery();
  const add = async (e: React.FormEvent) => {
    e.preventDefault();
    try {
      const p = await project({ id: work.projectId }, true).unwrap();
      const k = work.taskId ? await task({ id: work.taskId }, true).unwrap() : null;
      onRow(emptyRow(grid.days.map((d) => d.day), { project_id: p.id, task_id: k?.id ?? null, project_code: p.code, project_name: p.name, client_name: p.client_name, task_name: k?.name ?? '' }));
    } catch (x) {
      toast.failed(x);
    }
  };
  return (
    <Box component="form" onSubmit={(e: React.FormEvent) => void add(e)} sx={{ display: 'flex', flexDirection: 'column', gap: 4 }}>
      <WorkPicker value={work} onChange={setWork} autoFocus />
      <Button type="submit" variant="contained" disabled={!work.projectId}>{t('grid.addHere')}</Button>
    </Box>
  );
}
