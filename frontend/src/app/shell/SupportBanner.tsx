import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { signOut } from '../../shared/lib/account';
import { formatTime } from '../../shared/lib/dates';
import type { Me } from '../../shared/lib/me';
import { useShell } from './locales/en';

/** On every page while somebody of the platform's support looks: who, why, until when. */
export function SupportBanner({ support }: { support: NonNullable<Me['support']> }) {
  const t = useShell();
  return (
    <Box role="status" sx={{ bgcolor: 'warning.main', color: 'warning.contrastText', px: 4, py: 2, display: 'flex', gap: 3, alignItems: 'center', justifyContent: 'center', flexWrap: 'wrap', textAlign: 'center' }}>
      <Typography variant="body2" component="span">{t('support.banner', { name: support.operator, until: formatTime(support.expires_at), reason: support.reason })}</Typography>
      <Button size="small" color="inherit" variant="outlined" onClick={() => void signOut()}>{t('support.leave')}</Button>
    </Box>
  );
}
