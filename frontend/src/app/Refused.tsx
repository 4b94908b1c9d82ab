import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { signOut } from '../shared/lib/account';
import { ErrorState } from '../shared/ui/states';
import { useShell } from './shell/locales/en';

/** Signed in, but not let in: the server is away, or this person is no member here. */
export function Refused({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const t = useShell();
  return (
    <Box component="main">
      <h1 className="sr-only">{t('refused')}</h1>
      <ErrorState error={error} onRetry={onRetry} />
      <Box sx={{ textAlign: 'center' }}><Button onClick={() => void signOut()}>{t('menu.signOut')}</Button></Box>
    </Box>
  );
}
