import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import Typography from '@mui/material/Typography';
import { Suspense } from 'react';
import { Link, Outlet, ScrollRestoration, useLocation } from 'react-router';
import { statusOf } from '../../../shared/api/problem';
import { signOut } from '../../../shared/lib/account';
import { ErrorState, SkeletonPage } from '../../../shared/ui/states';
import { useOpsMeQuery } from '../api';
import { useT } from '../locales/en';

const places = ['agencies', 'health', 'jobs', 'drift', 'growth', 'history'] as const;
const pathOf = { agencies: '/', health: '/health', jobs: '/jobs', drift: '/drift', growth: '/growth', history: '/history' };

/** The frame of the operators' pages. Nobody passes without the server having said who this is. */
export function OpsShell() {
  const t = useT();
  const { data: me, error, refetch } = useOpsMeQuery();
  const { pathname } = useLocation();
  if (!me && error && statusOf(error) !== 401) return <main><ErrorState error={error} onRetry={() => void refetch()} /></main>;
  if (!me) return <main aria-busy="true" />;
  const here = places.slice(1).find((p) => pathname.startsWith(pathOf[p])) ?? 'agencies';
  return (
    <Box sx={{ minHeight: '100dvh', display: 'flex', flexDirection: 'column' }}>
      <Box component="a" href="#main" sx={{ position: 'fixed', left: 8, top: -80, zIndex: 2000, bgcolor: 'background.paper', color: 'primary.main', p: 3, borderRadius: 1, boxShadow: 4, '&:focus': { top: 8 } }}>{t('skip')}</Box>
      <Box component="header" sx={{ bgcolor: 'background.paper', borderBottom: 1, borderColor: 'divider' }}>
        <Box sx={{ maxWidth: 1440, mx: 'auto', px: { xs: 4, md: 6 }, display: 'flex', alignItems: 'center', columnGap: { xs: 2, sm: 6 }, flexWrap: { xs: 'wrap', md: 'nowrap' } }}>
          <Typography component={Link} to="/" sx={{ fontWeight: 650, color: 'text.primary', textDecoration: 'none', minHeight: 56, display: 'flex', alignItems: 'center' }}>{t('name')}</Typography>
          <Tabs component="nav" aria-label={t('nav.label')} value={here} sx={{ order: { xs: 3, md: 0 }, width: { xs: '100%', md: 'auto' }, flex: { md: 1 } }} variant="scrollable" scrollButtons={false}>
            {places.map((p) => <Tab key={p} value={p} label={t(`nav.${p}`)} component={Link} to={pathOf[p]} aria-current={p === here ? 'page' : undefined} />)}
          </Tabs>
          <Typography variant="body2" sx={{ ml: 'auto', color: 'text.secondary', display: { xs: 'none', sm: 'block' } }}>{me.name}</Typography>
          <Button color="inherit" onClick={() => void signOut()} sx={{ ml: { xs: 'auto', sm: 0 }, flexShrink: 0 }}>{t('signOut')}</Button>
        </Box>
      </Box>
      <Box component="main" id="main" tabIndex={-1} sx={{ flex: 1, width: '100%', maxWidth: 1440, mx: 'auto', p: { xs: 4, md: 6 }, pb: 12, '&:focus': { outline: 'none' } }}>
        <Suspense fallback={<SkeletonPage />}><Outlet /></Suspense>
      </Box>
      <ScrollRestoration />
    </Box>
  );
}
