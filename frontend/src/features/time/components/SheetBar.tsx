import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useTimesheetsOpenMutation, useTimesheetsRecallMutation, useTimesheetsSubmitMutation, type TimeGrid } from '../../../shared/api/gen/time.gen';
import { formatDuration } from '../../../shared/lib/duration';
import { ConfirmDialog } from '../../../shared/ui/dialogs';
import { StatusChip } from '../../../shared/ui/small';
import { toast } from '../../../shared/ui/Toast';
import { missingDays, tones } from '../model';
import { useT } from '../locales/en';
import { Standing } from './Standing';

/** Where the week stands, what is missing, and the next step. */
export function SheetBar({ grid }: { grid: TimeGrid }) {
  const t = useT();
  const [open] = useTimesheetsOpenMutation();
  const [submit, submitting] = useTimesheetsSubmitMutation();
  const [recall, recalling] = useTimesheetsRecallMutation();
  const [asking, setAsking] = useState(false);
  const s = grid.timesheet;
  const days = missingDays(grid);
  const hand = async () => {
    // A week without any time is handed in like any other, once it is there.
    const sheet = s.id ? s : await open({ weekInput: { week: s.week } }).unwrap();
    const done = await submit({ id: sheet.id, 'If-Match': `"${sheet.version}"` }).unwrap();
    toast(t('sheet.submitted'), { undo: () => recall({ id: done.id, 'If-Match': `"${done.version}"` }).unwrap().catch(toast.failed) });
  };
  const back = () => recall({ id: s.id, 'If-Match': `"${s.version}"` }).unwrap().then(() => toast(t('sheet.recalled')), toast.failed);
  const takes = s.state === 'draft' || s.state === 'rejected';
  return (
    <Box sx={{ mb: 4 }}>
      {s.state === 'rejected' && s.reason && <Alert severity="warning" sx={{ mb: 3 }}>{t('sheet.reason', { reason: s.reason })}</Alert>}
      {s.exception_reason && <Alert severity="info" sx={{ mb: 3 }}>{t('sheet.exception', { reason: s.exception_reason })}</Alert>}
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 3, flexWrap: 'wrap' }}>
        <StatusChip label={t(`state.${s.state}`)} tone={tones[s.state]} />
        <Typography variant="body2" sx={{ color: 'text.secondary', flex: 1, minWidth: 180 }}>
          {s.state === 'submitted' ? <Standing id={s.id} /> : days ? t('sheet.missing', { time: formatDuration(grid.missing), days }) : grid.expected > 0 ? t('sheet.full') : ''}
        </Typography>
        {takes && <Button variant="outlined" loading={submitting.isLoading} onClick={() => (grid.missing > 0 ? setAsking(true) : void hand().catch(toast.failed))}>{t('sheet.submit')}</Button>}
        {s.state === 'submitted' && <Button variant="outlined" loading={recalling.isLoading} onClick={() => void back()}>{t('sheet.recall')}</Button>}
      </Box>
      <ConfirmDialog open={asking} title={t('sheet.submitTitle')} text={t('sheet.submitText', { time: formatDuration(grid.missing), days })} confirmLabel={t('sheet.submit')} onConfirm={hand} onClose={() => setAsking(false)} />
    </Box>
  );
}
