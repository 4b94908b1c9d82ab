import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import { lazy, Suspense, useState } from 'react';
import type { Me } from '../../shared/lib/me';
import { PersonAvatar } from '../../shared/ui/PersonAvatar';
import { useShell } from './locales/en';

const Popup = lazy(async () => ({ default: (await import('./AccountPopup')).AccountPopup }));

export function AccountMenu({ me }: { me: Me }) {
  const t = useShell();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  return (
    <>
      <IconButton aria-label={t('menu.open', { name: me.name })} aria-haspopup="menu" aria-expanded={anchor !== null} onClick={(e) => setAnchor(e.currentTarget)}>
        <Box aria-hidden sx={{ display: 'contents' }}><PersonAvatar name={me.name} size={30} /></Box>
      </IconButton>
      {anchor && <Suspense fallback={null}><Popup me={me} anchor={anchor} onClose={() => setAnchor(null)} /></Suspense>}
    </>
  );
}
