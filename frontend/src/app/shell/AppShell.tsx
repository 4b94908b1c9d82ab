import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import SearchIcon from '@mui/icons-material/SearchRounded';
import useMediaQuery from '@mui/material/useMediaQuery';
import type { Theme } from '@mui/material/styles';
import { lazy, Suspense, useEffect, useRef } from 'react';
import { Outlet, ScrollRestoration, useLocation, useNavigation } from 'react-router';
import { command } from '../../shared/lib/commands';
import { mayRead, useCan, useMe } from '../../shared/lib/me';
import { SkeletonPage } from '../../shared/ui/states';
import { nav } from '../features';
import { AccountMenu } from './AccountMenu';
import { AccessNotice } from './AccessNotice';
import { Brand } from './Brand';
import { useShell } from './locales/en';
import { Shortcuts } from './Shortcuts';
import { Sidebar } from './Sidebar';
import { PaletteSlot, TimerSlot } from './slots';

// Nobody but support sees it.
const SupportBanner = lazy(async () => ({ default: (await import('./SupportBanner')).SupportBanner }));
const PageProgress = lazy(async () => ({ default: (await import('./PageProgress')).PageProgress }));
// Nobody whose agency pays sees it.
const Standing = lazy(async () => ({ default: (await import('./Standing')).Standing }));
// Only phones need it.
const BottomNav = lazy(async () => ({ default: (await import('./BottomNav')).BottomNav }));

/** The lines of the sidebar that this person may use. */
export function useNav() {
  const can = useCan();
  return nav.filter((n) => !n.permission || can(n.permission));
}

/** The pages that open whatever the agency owes; a person's own, the bill, and the way out. */
const always = ['/settings', '/settings/billing', '/settings/data', '/settings/profile', '/settings/security'];

/** The frame of every staff page. */
export function AppShell() {
  const t = useShell();
  const me = useMe();
  const wide = useMediaQuery((th: Theme) => th.breakpoints.up('md'), { noSsr: true });
  const { state } = useNavigation();
  const items = useNav();
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const first = useRef(pathname);
  useEffect(() => {
    // A new page begins at its top for the keyboard too, not where the last link was.
    if (first.current !== pathname) main.current?.focus({ preventScroll: true });
    first.current = pathname;
  }, [pathname]);
  if (!me) return null;
  return (
    <Box sx={{ display: 'flex', minHeight: '100dvh', '--header-height': '57px' }}>
      <Box component="a" href="#main" sx={{ position: 'fixed', left: 8, top: -80, zIndex: 2000, bgcolor: 'background.paper', color: 'primary.main', p: 3, borderRadius: 1, boxShadow: 4, '&:focus': { top: 8 } }}>{t('skip')}</Box>
      {wide && <Sidebar items={items} agency={me.agency} />}
      <Box sx={{ flex: 1, minWidth: 0, display: 'flex', flexDirection: 'column' }}>
        {me.support && <Suspense fallback={null}><SupportBanner support={me.support} /></Suspense>}
        <Box component="header" sx={{ height: 57, display: 'flex', alignItems: 'center', gap: { xs: 1, md: 3 }, px: { xs: 4, md: 6 }, borderBottom: 1, borderColor: 'divider', bgcolor: 'background.paper', position: 'sticky', top: 0, zIndex: 10 }}>
          {wide ? (
            <Button variant="outlined" color="inherit" onClick={() => command('palette')} startIcon={<SearchIcon fontSize="small" />} sx={{ color: 'text.secondary', borderColor: 'divider', justifyContent: 'flex-start', width: 300, fontWeight: 400 }}>
              {t('search')}
              <Box component="kbd" aria-hidden sx={{ ml: 'auto', font: 'inherit', fontSize: 12, border: 1, borderColor: 'divider', borderRadius: 0.5, px: 1.5 }}>Ctrl K</Box>
            </Button>
          ) : (
            <Brand agency={me.agency} />
          )}
          <Box sx={{ flex: 1 }} />
          {wide && <TimerSlot place="header" />}
          {!wide && <IconButton aria-label={t('searchShort')} onClick={() => command('palette')}><SearchIcon /></IconButton>}
          <AccountMenu me={me} />
        </Box>
        <Box sx={{ position: 'sticky', top: 57, height: 0, zIndex: 11 }}>{state === 'loading' && <Suspense fallback={null}><PageProgress label={t('loadingPage')} /></Suspense>}</Box>
        <AccessNotice me={me} />
        <Box component="main" id="main" ref={main} tabIndex={-1} sx={{ flex: 1, p: { xs: 4, md: 6 }, pb: { xs: 'calc(152px + env(safe-area-inset-bottom))', md: 12 }, minWidth: 0, width: '100%', maxWidth: 1440, mx: 'auto', '&:focus': { outline: 'none' } }}>
          <Suspense fallback={<SkeletonPage />}>{me.access && !mayRead(me) && !always.includes(pathname) ? <Standing level={me.access.level} /> : <Outlet />}</Suspense>
        </Box>
      </Box>
      {!wide && <Suspense fallback={null}><BottomNav items={items} /></Suspense>}
      <PaletteSlot />
      <Shortcuts items={items} />
      <ScrollRestoration />
    </Box>
  );
}
