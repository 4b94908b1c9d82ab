import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useState } from 'react';
import type { TimerView } from '../../../shared/api/gen/time.gen';
import { problemText } from '../../../shared/api/problem';
import { formatDuration } from '../../../shared/lib/duration';
import { TextInput } from '../../../shared/ui/TextInput';
import { useT } from '../locales/en';

const local = (d: Date) => new Date(d.getTime() - d.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
const hour = 3_600_000;

/** How a timer that asks goes on: it runs on, all of it counts, it ended at a moment. */
export type Answer = { still: true } | { whole: true } | { endedAt: string };
type Props = { timer: TimerView; onAnswer: (a: Answer) => Promise<void>; onDiscard: () => void };

/** A timer that nobody stopped: what becomes of it is asked for, its time is neither cut nor invented. */
export function Forgotten({ timer, onAnswer, onDiscard }: Props) {
  const t = useT();
  const [now] = useState(() => Date.now());
  const began = Date.parse(timer.started_at);
  const ran = now - began;
  const [at, setAt] = useState(() => local(new Date(began + Math.min(8 * hour, ran))));
  const [error, setError] = useState<string | null>(null);
  const answer = async (a: Answer) => {
    setError(null);
    try {
      await onAnswer(a);
    } catch (x) {
      setError(problemText(x));
    }
  };
  const end = new Date(at);
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 4 }}>
      <Alert severity="warning">{t('forgotten', { time: formatDuration(Math.floor(ran / 1000)) })}</Alert>
      <Box sx={{ display: 'flex', gap: 2, flexWrap: 'wrap' }}>
        <Button variant="outlined" onClick={() => void answer({ still: true })}>{t('still')}</Button>
        {ran <= 24 * hour && <Button variant="outlined" onClick={() => void answer({ whole: true })}>{t('whole')}</Button>}
      </Box>
      <Box component="form" onSubmit={(e: React.FormEvent) => { e.preventDefault(); e.stopPropagation(); void answer({ endedAt: end.toISOString() }); }} sx={{ display: 'flex', gap: 2, alignItems: 'flex-start', flexWrap: 'wrap' }}>
        <TextInput type="datetime-local" label={t('ended')} value={at} onChange={(e) => setAt(e.target.value)} slotProps={{ inputLabel: { shrink: true } }} error={error !== null} helperText={error} sx={{ flex: 1, minWidth: 220 }} />
        <Button type="submit" variant="contained" disabled={Number.isNaN(end.getTime())} sx={{ minHeight: 40 }}>{t('trim')}</Button>
      </Box>
      <Box><Button color="error" onClick={onDiscard}>{t('discard')}</Button></Box>
    </Box>
  );
}
