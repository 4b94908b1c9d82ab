import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Paper from '@mui/material/Paper';
import Snackbar from '@mui/material/Snackbar';
import Typography from '@mui/material/Typography';
import CloseIcon from '@mui/icons-material/CloseRounded';
import { useSyncExternalStore } from 'react';
import { problemText } from '../api/problem';
import { useCommon } from '../lib/i18n';

type Message = { id: number; text: string; tone: 'info' | 'error'; undo?: () => void };

let current: Message | null = null;
let last = 0;
const listeners = new Set<() => void>();
const show = (m: Message | null) => {
  current = m;
  for (const l of listeners) l();
};
const subscribe = (l: () => void) => {
  listeners.add(l);
  return () => listeners.delete(l);
};

/** toast('Client archived', { undo: restore }) or toast.failed(error) */
export function toast(text: string, { undo, tone = 'info' }: { undo?: () => void; tone?: 'info' | 'error' } = {}): void {
  show({ id: ++last, text, tone, undo });
}
toast.failed = (error: unknown): void => toast(problemText(error), { tone: 'error' });

export function ToastHost() {
  const t = useCommon();
  const m = useSyncExternalStore(subscribe, () => current);
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
