import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Typography from '@mui/material/Typography';
import { useEffect, useId } from 'react';
import { stepUpChannel, type StepUp } from '../api/session';
import { useCommon } from '../lib/i18n';

/**
 * Asks a signed-in person to show once more that it is them. The password is
 * typed into a window of the sign-in host, so that this page, with a form
 * half-filled perhaps, stays as it is.
 */
export function StepUpDialog({ waiting }: { waiting: StepUp }) {
  const t = useCommon();
  const id = useId();
  useEffect(() => {
    const channel = new BroadcastChannel(stepUpChannel);
    channel.addEventListener('message', () => waiting.answer(true));
    return () => channel.close();
  }, [waiting]);
  const url = `${waiting.url}?return=${encodeURIComponent('/confirmed')}`;
  return (
    <Dialog open onClose={() => waiting.answer(false)} maxWidth="xs" fullWidth aria-labelledby={id} role="alertdialog">
      <DialogTitle id={id}>{t('stepUp.title')}</DialogTitle>
      <DialogContent>
        <Typography>{t('stepUp.text')}</Typography>
      </DialogContent>
      <DialogActions sx={{ p: 4 }}>
        <Button color="inherit" onClick={() => waiting.answer(false)}>{t('action.cancel')}</Button>
        <Button variant="contained" autoFocus onClick={() => window.open(url, stepUpChannel, 'popup,width=520,height=760')}>{t('stepUp.confirm')}</Button>
      </DialogActions>
    </Dialog>
  );
}
