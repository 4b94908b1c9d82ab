import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useState } from 'react';
import type { TimerView } from '../../../shared/api/gen/time.gen';
import { problemText } from '../../../shared/api/problem';
import { TextInput } from '../../../shared/ui/TextInput';
import { useT } from '../locales/en';

const local = (d: Date) => new Date(d.getTime() - d.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

/** A timer that nobody stopped: its end is asked for, its time is neither cut nor invented. */
export function Forgotten({ timer, onKeep, onDiscard }: { timer: TimerView; onKeep: (endedAt: string) => Promise<void>; onDiscard: () => void }) {
  const t = useT();
  const [at, setAt] = useState(() => local(new Date(Date.parse(timer.started_at) + 8 * 3_600_000)));
  const [error, setError] = useState<string | null>(null);
  const keep = async () => {
    try {
      await onKeep(new Date(at).toISOString());
    } catch (x) {
      setError(problemText(x));
    }
  };
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 4 }}>
      <Alert severity="warning">{t('forgotten')}</Alert>
      <TextInput type="datetime-local" label={t('ended')} value={at} onChange={(e) => setAt(e.target.value)} slotProps={{ inputLabel: { shrink: true } }} error={error !== null} helperText={error} />
      <Box sx={{ display: 'flex', gap: 2 }}>
        <Button variant="contained" onClick={() => void keep()}>{t('keep')}</Button>
        <Button color="error" onClick={onDiscard}>{t('discard')}</Button>
      </Box>
    </Box>
  );
}
