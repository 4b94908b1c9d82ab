import Box from '@mui/material/Box';
import LinearProgress from '@mui/material/LinearProgress';
import Typography from '@mui/material/Typography';
import { useT } from '../locales/en';
import { percent } from '../model';

/** How far a run is. */
export function Progress({ clients, pending, running }: { clients: number; pending: number; running: boolean }) {
  const t = useT();
  return (
    <Box role="status" sx={{ mb: 4, minHeight: 32 }}>
      <Typography variant="body2" sx={{ mb: 1 }}>{t('progressText', { done: clients - pending, all: clients })}</Typography>
      <LinearProgress aria-label={t('progress')} variant="determinate" value={percent({ clients, counts: { pending } })} color={running ? 'primary' : 'success'} />
    </Box>
  );
}
