import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import List from '@mui/material/List';
import ListItem from '@mui/material/ListItem';
import ListItemButton from '@mui/material/ListItemButton';
import ListItemText from '@mui/material/ListItemText';
import Typography from '@mui/material/Typography';
import PlayIcon from '@mui/icons-material/PlayArrowRounded';
import { useState } from 'react';
import { useTimeEntriesRecentQuery, type TimeEntryView } from '../../../shared/api/gen/time.gen';
import { useSetsBillable, useWorkSays } from '../../../shared/api/billable';
import { problemText } from '../../../shared/api/problem';
import { BillableSwitch } from '../../../shared/ui/BillableSwitch';
import { TextInput } from '../../../shared/ui/TextInput';
import { WorkPicker, type Work } from '../../../shared/ui/WorkPicker';
import { workName } from '../model';
import { useT } from '../locales/en';

export type Started = { work: Work; note: string; billable?: boolean };

/** What is being worked on: chosen here, or one of the latest at a click. */
export function TimerForm({ onStart }: { onStart: (s: Started) => Promise<unknown> }) {
  const t = useT();
  const recent = useTimeEntriesRecentQuery();
  const [work, setWork] = useState<Work>({ projectId: '', taskId: '' });
  const [note, setNote] = useState('');
  const [billable, setBillable] = useState<boolean | undefined>();
  const [error, setError] = useState<string | null>(null);
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const bills = useSetsBillable();
  const says = useWorkSays(work, bills);
  const start = async (s: Started) => {
    setBusy(true);
    setError(null);
    try {
      await onStart(bills ? s : { ...s, billable: undefined });
    } catch (e) {
      setError(problemText(e));
    } finally {
      setBusy(false);
    }
  };
  const submit = (e: React.FormEvent) => {
    e.preventDefault();
    e.stopPropagation();
    setMissing(!work.projectId);
    if (work.projectId) void start({ work, note, billable });
  };
  return (
    <Box component="form" noValidate onSubmit={submit} sx={{ display: 'flex', flexDirection: 'column', gap: 4, pt: 1 }}>
      <WorkPicker value={work} onChange={(w) => { setWork(w); setMissing(false); }} autoFocus errors={{ project: missing ? t('needProject') : undefined }} />
      <TextInput label={t('note')} value={note} onChange={(e) => setNote(e.target.value)} slotProps={{ htmlInput: { maxLength: 2000 } }} />
      <Box sx={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between', gap: 2 }}>
        <BillableSwitch value={bills ? billable : says} onChange={setBillable} />
        <Button type="submit" variant="contained" startIcon={<PlayIcon />} loading={busy}>{t('startNow')}</Button>
      </Box>
      {error && <Alert severity="error" role="alert">{error}</Alert>}
      {(recent.data?.items.length ?? 0) > 0 && (
        <Box>
          <Typography variant="body2" component="h3" sx={{ color: 'text.secondary' }}>{t('recent')}</Typography>
          <List dense disablePadding sx={{ mx: -4 }}>
            {recent.data?.items.slice(0, 6).map((e) => <Recent key={e.id} entry={e} onStart={start} disabled={busy} />)}
          </List>
        </Box>
      )}
    </Box>
  );
}

function Recent({ entry: e, onStart, disabled }: { entry: TimeEntryView; onStart: (s: Started) => void; disabled: boolean }) {
  const t = useT();
  return (
    <ListItem disablePadding>
      <ListItemButton disabled={disabled} sx={{ px: 4, gap: 3, minHeight: 44 }} aria-label={t('again', { what: [workName(e), e.note].filter(Boolean).join(', ') })}
        onClick={() => onStart({ work: { projectId: e.project_id, taskId: e.task_id ?? '' }, note: e.note, billable: e.billable })}>
        <PlayIcon fontSize="small" color="primary" />
        <ListItemText primary={workName(e)} secondary={[e.client_name, e.note].filter(Boolean).join(' · ')} slotProps={{ primary: { noWrap: true }, secondary: { noWrap: true } }} />
      </ListItemButton>
    </ListItem>
  );
}
