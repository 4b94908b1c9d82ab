import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import Typography from '@mui/material/Typography';
import { Suspense } from 'react';
import { Link, Navigate, Outlet, ScrollRestoration, useLocation } from 'react-router';
import { signOut } from '../../../shared/lib/account';
import { useMe, type Me } from '../../../shared/lib/me';
import { SkeletonPage } from '../../../shared/ui/states';
import { useAs, useOverviewAsQuery } from '../api';
import { useT } from '../locales/en';

const places = ['overview', 'projects', 'retainers', 'invoices'] as const;
const pathOf = { overview: '/portal', projects: '/portal/projects', retainers: '/portal/retainers', invoices: '/portal/invoices' };

/** The frame of a client's pages: the agency's brand and nothing of ours. */
export function PortalShell() {
  const t = useT();
  const me = useMe();
  const { as, to } = useAs();
  const { pathname } = useLocation();
  if (!me) return null;
  if (me.kind !== 'contact' && !as) return <Navigate to="/" replace />;
  const here = places.findLast((p) => pathname.startsWith(pathOf[p])) ?? 'overview';
  return (
    <Box sx={{ minHeight: '100dvh', display: 'flex', flexDirection: 'column' }}>
      <Box component="a" href="#main" sx={{ position: 'fixed', left: 8, top: -80, zIndex: 2000, bgcolor: 'background.paper', color: 'primary.main', p: 3, borderRadius: 1, boxShadow: 4, '&:focus': { top: 8 } }}>{t('skip')}</Box>
      {as && <PreviewBanner as={as} />}
      <Box component="header" sx={{ bgcolor: 'background.paper', borderBottom: 1, borderColor: 'divider' }}>
        <Box sx={{ maxWidth: 960, mx: 'auto', px: { xs: 4, md: 6 }, display: 'flex', alignItems: 'center', gap: { xs: 2, sm: 6 }, flexWrap: { xs: 'wrap', sm: 'nowrap' } }}>
          <AgencyMark agency={me.agency} to={to('/portal')} />
          <Tabs component="nav" aria-label={t('nav.label')} value={here} sx={{ order: { xs: 3, sm: 0 }, width: { xs: '100%', sm: 'auto' }, flex: { sm: 1 } }} variant="scrollable" scrollButtons={false}>
            {places.map((p) => <Tab key={p} value={p} label={t(`nav.${p}`)} component={Link} to={to(pathOf[p])} aria-current={p === here ? 'page' : undefined} />)}
          </Tabs>
          {me.kind === 'contact' && <Button color="inherit" onClick={() => void signOut()} sx={{ ml: 'auto', flexShrink: 0 }}>{t('signOut')}</Button>}
        </Box>
      </Box>
      <Box component="main" id="main" tabIndex={-1} sx={{ flex: 1, width: '100%', maxWidth: 960, mx: 'auto', p: { xs: 4, md: 6 }, pb: 12, '&:focus': { outline: 'none' } }}>
        <Suspense fallback={<SkeletonPage />}><Outlet /></Suspense>
      </Box>
      <ScrollRestoration />
    </Box>
  );
}

function AgencyMark({ agency, to }: { agency: Me['agency']; to: string }) {
  return (
    <Box component={Link} to={to} sx={{ display: 'flex', alignItems: 'center', gap: 2.5, minWidth: 0, minHeight: 56, color: 'text.primary', textDecoration: 'none', flex: { xs: 1, sm: 'none' } }}>
      {agency.logo_url ? (
        <Box component="img" src={agency.logo_url} alt="" sx={{ width: 32, height: 32, objectFit: 'contain' }} />
      ) : (
        <Box aria-hidden sx={{ width: 32, height: 32, borderRadius: 1, bgcolor: 'primary.main', color: 'primary.contrastText', display: 'grid', placeItems: 'center', fontWeight: 700, flexShrink: 0 }}>{agency.name.slice(0, 1).toUpperCase()}</Box>
      )}
      <Typography component="span" sx={{ fontWeight: 650, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{agency.name}</Typography>
    </Box>
  );
}

function PreviewBanner({ as }: { as: string }) {
  const t = useT();
  const { data } = useOverviewAsQuery({ as });
  return (
    <Box role="status" sx={{ bgcolor: 'warning.main', color: 'warning.contrastText', px: 4, py: 2, display: 'flex', gap: 3, alignItems: 'center', justifyContent: 'center', flexWrap: 'wrap', textAlign: 'center' }}>
      <Typography variant="body2" component="span" sx={{ flexBasis: { xs: '100%', sm: 'auto' }, minHeight: { xs: 36, sm: 0 } }}>{data ? t('preview', { name: data.contact, client: data.client }) : ' '}</Typography>
      <Button size="small" color="inherit" variant="outlined" component={Link} to="/clients">{t('previewEnd')}</Button>
    </Box>
  );
}
