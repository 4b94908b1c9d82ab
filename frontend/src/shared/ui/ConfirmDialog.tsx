import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Typography from '@mui/material/Typography';
import { useId, useState, type ReactNode } from 'react';
import { problemText } from '../api/problem';
import { useCommon } from '../lib/i18n';

type ConfirmProps = {
  open: boolean;
  title: string;
  text: ReactNode;
  confirmLabel: string;
  danger?: boolean;
  onConfirm: () => Promise<unknown> | void;
  onClose: () => void;
};

/** For what cannot be undone. Where it can, act at once and offer undo in a toast instead. */
export function ConfirmDialog({ open, title, text, confirmLabel, danger, onConfirm, onClose }: ConfirmProps) {
  const t = useCommon();
  const id = useId();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const close = () => {
    setFailed(null);
    onClose();
  };
  const run = async () => {
    setBusy(true);
    setFailed(null);
    try {
      await onConfirm();
      close();
    } catch (e) {
      setFailed(problemText(e));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog open={open} onClose={busy ? undefined : close} maxWidth="xs" fullWidth aria-labelledby={id} role="alertdialog">
      <DialogTitle id={id}>{title}</DialogTitle>
      <DialogContent>
        <Typography component="div">{text}</Typography>
        {failed && <Alert severity="error" role="alert" sx={{ mt: 4 }}>{failed}</Alert>}
      </DialogContent>
      <DialogActions sx={{ p: 4 }}>
        <Button color="inherit" onClick={close} disabled={busy}>{t('action.cancel')}</Button>
        <Button variant="contained" color={danger ? 'error' : 'primary'} loading={busy} onClick={() => void run()}>{confirmLabel}</Button>
      </DialogActions>
    </Dialog>
  );
}
