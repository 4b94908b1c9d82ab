import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useState } from 'react';
import { useTimerChangeMutation, type TimerView } from '../../../shared/api/gen/time.gen';
import { useSetsBillable, useWorkSays } from '../../../shared/api/billable';
import { problemText } from '../../../shared/api/problem';
import { addDays, today } from '../../../shared/lib/dates';
import { clockOf, instantOf } from '../../../shared/lib/zones';
import { BillableSwitch } from '../../../shared/ui/BillableSwitch';
import { TextInput } from '../../../shared/ui/TextInput';
import { WorkPicker, type Work } from '../../../shared/ui/WorkPicker';
import { useT } from '../locales/en';

type Props = { timer: TimerView; onDone: () => void; onSwitch: () => void; onDiscard: () => void };

/** The running timer, open for changes. */
export function RunningForm({ timer, onDone, onSwitch, onDiscard }: Props) {
  const t = useT();
  const [change] = useTimerChangeMutation();
  const [work, setWork] = useState<Work>({ projectId: timer.project_id, taskId: timer.task_id ?? '' });
  const [note, setNote] = useState(timer.note);
  const [billable, setBillable] = useState(timer.billable);
  const began = clockOf(timer.started_at, timer.zone);
  const [since, setSince] = useState(began);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const bills = useSetsBillable();
  const same = work.projectId === timer.project_id && work.taskId === (timer.task_id ?? '');
  const says = useWorkSays(work, bills || same);
  const save = async (e: React.FormEvent) => {
    e.preventDefault();
    e.stopPropagation();
    setBusy(true);
    setError(null);
    try {
      await change({ timerChange: { project_id: work.projectId, task_id: work.taskId, note, billable: bills ? billable : undefined, started_at: since === began ? undefined : latest(since, timer.zone) } }).unwrap();
      onDone();
    } catch (x) {
      setError(problemText(x));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Box component="form" noValidate onSubmit={(e: React.FormEvent) => void save(e)} sx={{ display: 'flex', flexDirection: 'column', gap: 4, pt: 1 }}>
      <WorkPicker value={work} onChange={setWork} errors={{ project: work.projectId ? undefined : t('needProject') }} />
      <TextInput label={t('note')} value={note} onChange={(e) => setNote(e.target.value)} slotProps={{ htmlInput: { maxLength: 2000 } }} />
      <Box sx={{ display: 'flex', gap: 4, alignItems: 'center' }}>
        <TextInput type="time" label={t('since')} value={since} onChange={(e) => setSince(e.target.value)} slotProps={{ inputLabel: { shrink: true } }} sx={{ maxWidth: 160 }} />
        <BillableSwitch value={bills || same ? billable : says} onChange={setBillable} />
      </Box>
      {error && <Alert severity="error" role="alert">{error}</Alert>}
      <Box sx={{ display: 'flex', gap: 2, flexWrap: 'wrap' }}>
        <Button type="submit" variant="contained" loading={busy} disabled={!work.projectId}>{t('save')}</Button>
        <Button onClick={onSwitch}>{t('switch')}</Button>
        <Box sx={{ flex: 1 }} />
        <Button color="error" onClick={onDiscard}>{t('discard')}</Button>
      </Box>
    </Box>
  );
}

/** The last time that clocks showed `hm`: today, or last night. */
function latest(hm: string, zone: string): string {
  const now = Date.now();
  const at = instantOf(today(zone), hm, zone);
  return (at.getTime() <= now ? at : instantOf(addDays(today(zone), -1), hm, zone)).toISOString();
}
