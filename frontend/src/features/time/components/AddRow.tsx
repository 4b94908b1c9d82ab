import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useState } from 'react';
import { useLazyProjectsGetQuery } from '../../../shared/api/gen/projects.gen';
import { useLazyTasksGetQuery } from '../../../shared/api/gen/tasks.gen';
import type { TimeGrid, TimeGridRow } from '../../../shared/api/gen/time.gen';
import { useServices } from '../../../shared/api/services';
import { FilterField } from '../../../shared/ui/filters';
import { toast } from '../../../shared/ui/Toast';
import { WorkPicker, type Work } from '../../../shared/ui/WorkPicker';
import { emptyRow } from '../model';
import { useT } from '../locales/en';

export function AddRow({ grid, onRow }: { grid: TimeGrid; onRow: (r: TimeGridRow) => void }) {
  const t = useT();
  const [work, setWork] = useState<Work>({ projectId: '', taskId: '' });
  const [chosen, setChosen] = useState('');
  const services = useServices();
  const [project] = useLazyProjectsGetQuery();
  const [task] = useLazyTasksGetQuery();
  const add = async (e: React.FormEvent) => {
    e.preventDefault();
    try {
      const p = await project({ id: work.projectId }, true).unwrap();
      const k = work.taskId ? await task({ id: work.taskId }, true).unwrap() : null;
      // Like time that is logged by hand, a row has the service of its task unless it says otherwise.
      const service = chosen || k?.service_id || null;
      onRow(emptyRow(grid.days.map((d) => d.day), { project_id: p.id, task_id: k?.id ?? null, project_code: p.code, project_name: p.name, client_name: p.client_name, task_name: k?.name ?? '', service_id: service, service_name: services.find((s) => s.value === service)?.label ?? '' }));
    } catch (x) {
      toast.failed(x);
    }
  };
  return (
    <Box component="form" onSubmit={(e: React.FormEvent) => void add(e)} sx={{ display: 'flex', flexDirection: 'column', gap: 4 }}>
      <WorkPicker value={work} onChange={setWork} autoFocus />
      {services.length > 0 && <FilterField filter={{ key: 'service', label: t('entry.service'), any: t('entry.noService'), value: chosen, onChange: setChosen, options: services }} />}
      <Button type="submit" variant="contained" disabled={!work.projectId}>{t('grid.addHere')}</Button>
    </Box>
  );
}
