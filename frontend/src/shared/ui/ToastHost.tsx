import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Paper from '@mui/material/Paper';
import Snackbar from '@mui/material/Snackbar';
import Typography from '@mui/material/Typography';
import CloseIcon from '@mui/icons-material/CloseRounded';
import { useSyncExternalStore } from 'react';
import { useCommon } from '../lib/i18n';
import { current, show, subscribe } from './Toast';

/** Where toasts appear. */
export function ToastHost() {
  const t = useCommon();
  const m = useSyncExternalStore(subscribe, current);
  const close = () => show(null);
  return (
    <Snackbar
      key={m?.id ?? 0}
      open={m !== null}
      onClose={(_, reason) => reason !== 'clickaway' && close()}
      autoHideDuration={m?.undo || m?.tone === 'error' ? 8000 : 4000}
      anchorOrigin={{ vertical: 'bottom', horizontal: 'center' }}
      sx={{ bottom: { xs: 'calc(136px + env(safe-area-inset-bottom))', md: 24 } }}
    >
      <Paper
        role={m?.tone === 'error' ? 'alert' : 'status'}
        elevation={6}
        sx={{ display: 'flex', alignItems: 'center', gap: 2, pl: 4, pr: 1, py: 1, minHeight: 44, maxWidth: 560, bgcolor: m?.tone === 'error' ? 'error.main' : 'text.primary', color: m?.tone === 'error' ? 'error.contrastText' : 'background.paper' }}
      >
        <Typography className="said" sx={{ flex: 1 }}>{m?.text}</Typography>
        {m?.undo && (
          <Button size="small" color="inherit" sx={{ fontWeight: 650, textDecoration: 'underline' }} onClick={() => { m.undo?.(); close(); }}>
            {t('action.undo')}
          </Button>
        )}
        <IconButton size="small" color="inherit" aria-label={t('action.close')} onClick={close}><CloseIcon fontSize="small" /></IconButton>
      </Paper>
    </Snackbar>
  );
}
