import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import IconButton from '@mui/material/IconButton';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import AddIcon from '@mui/icons-material/AddRounded';
import DeleteIcon from '@mui/icons-material/DeleteOutlineRounded';
import DownIcon from '@mui/icons-material/ArrowDownwardRounded';
import UpIcon from '@mui/icons-material/ArrowUpwardRounded';
import { useState } from 'react';
import { problemText } from '../../../shared/api/problem';
import { usePhone } from '../../../shared/lib/hooks';
import { useCommon } from '../../../shared/lib/i18n';
import { DialogHead } from '../../../shared/ui/DialogHead';
import { boardOf, etag, useProjectTasksQuery, useProjectsChangeColumnsMutation, type ColumnView, type ProjectView } from '../api';
import { useT } from '../locales/en';
import { inColumn, newColumnId } from '../model';

const categories = ['todo', 'doing', 'done'] as const;

/** Names, order, meaning and limits of the board's columns. A column with tasks goes only when another takes them. */
export function ColumnsDialog({ project, onClose }: { project: ProjectView; onClose: () => void }) {
  const t = useT();
  const common = useCommon();
  const phone = usePhone();
  const { data: tasks } = useProjectTasksQuery(boardOf(project.id));
  const [columns, setColumns] = useState<ColumnView[]>(project.columns);
  const [moveTo, setMoveTo] = useState<Record<string, string>>({});
  const [save, { isLoading }] = useProjectsChangeColumnsMutation();
  const [failed, setFailed] = useState('');
  const change = (id: string, c: Partial<ColumnView>) => setColumns((all) => all.map((x) => (x.id === id ? { ...x, ...c } : x)));
  const shift = (i: number, by: number) => setColumns((all) => {
    const next = [...all];
    const [c] = next.splice(i, 1);
    if (c) next.splice(i + by, 0, c);
    return next;
  });
  const gone = project.columns.filter((c) => !columns.some((x) => x.id === c.id) && inColumn(tasks ?? [], c.id).length > 0);
  const submit = async () => {
    setFailed('');
    try {
      const targets = Object.fromEntries(gone.map((c) => [c.id, moveTo[c.id] || (columns[0]?.id ?? '')]));
      await save({ id: project.id, 'If-Match': etag(project.version), boardColumns: { columns, move_to: targets } }).unwrap();
      onClose();
    } catch (e) {
      setFailed(problemText(e));
    }
  };
  return (
    <Dialog open onClose={onClose} fullScreen={phone} fullWidth maxWidth="sm" aria-labelledby="columns-title">
      <DialogHead id="columns-title" title={t('columns.title')} onClose={onClose} />
      <DialogContent>
        <Typography variant="body2" sx={{ color: 'text.secondary', mb: 4 }}>{t('columns.help')}</Typography>
        {columns.map((c, i) => (
          <Box key={c.id} role="group" aria-label={c.name} sx={{ display: 'grid', gap: 2, alignItems: 'center', mb: 3, gridTemplateColumns: { xs: '1fr 1fr', sm: 'minmax(0, 1fr) 136px 88px auto' } }}>
            <TextField label={t('columns.name')} value={c.name} onChange={(e) => change(c.id, { name: e.target.value })} slotProps={{ htmlInput: { maxLength: 40 } }} sx={{ gridColumn: { xs: '1 / -1', sm: 'auto' } }} />
            <TextField select label={t('columns.category')} value={c.category} onChange={(e) => change(c.id, { category: e.target.value as ColumnView['category'] })}>
              {categories.map((x) => <MenuItem key={x} value={x}>{t(`columns.${x}`)}</MenuItem>)}
            </TextField>
            <TextField label={t('columns.limit')} value={c.limit ? String(c.limit) : ''} onChange={(e) => change(c.id, { limit: Math.min(999, Number(e.target.value.replace(/\D/g, ''))) })} slotProps={{ htmlInput: { inputMode: 'numeric' } }} />
            <Box sx={{ display: 'flex', gridColumn: { xs: '1 / -1', sm: 'auto' }, justifyContent: 'flex-end' }}>
              <IconButton size="small" disabled={i === 0} aria-label={t('columns.left', { name: c.name })} onClick={() => shift(i, -1)}><UpIcon fontSize="small" /></IconButton>
              <IconButton size="small" disabled={i === columns.length - 1} aria-label={t('columns.right', { name: c.name })} onClick={() => shift(i, 1)}><DownIcon fontSize="small" /></IconButton>
              <IconButton size="small" disabled={columns.length <= 2} aria-label={t('columns.remove', { name: c.name })} onClick={() => setColumns((all) => all.filter((x) => x.id !== c.id))}><DeleteIcon fontSize="small" /></IconButton>
            </Box>
          </Box>
        ))}
        {columns.length < 12 && <Button startIcon={<AddIcon />} onClick={() => setColumns((all) => [...all, { id: newColumnId([...all, ...project.columns].map((x) => x.id)), name: t('columns.new'), category: 'doing' }])}>{t('columns.add')}</Button>}
        {gone.map((c) => (
          <TextField key={c.id} select fullWidth label={t('columns.moveTo', { name: c.name })} value={moveTo[c.id] ?? columns[0]?.id ?? ''} onChange={(e) => setMoveTo((m) => ({ ...m, [c.id]: e.target.value }))} sx={{ mt: 3 }}>
            {columns.map((x) => <MenuItem key={x.id} value={x.id}>{x.name}</MenuItem>)}
          </TextField>
        ))}
        {failed && <Alert severity="error" role="alert" sx={{ mt: 4 }}>{failed}</Alert>}
      </DialogContent>
      <DialogActions sx={{ p: 4, pb: 'calc(16px + env(safe-area-inset-bottom))' }}>
        {!phone && <Button color="inherit" onClick={onClose}>{common('action.cancel')}</Button>}
        <Button variant="contained" fullWidth={phone} loading={isLoading} onClick={() => void submit()}>{common('action.save')}</Button>
      </DialogActions>
    </Dialog>
  );
}
