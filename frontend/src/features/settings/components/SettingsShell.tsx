import Box from '@mui/material/Box';
import { Link, Outlet, useLocation } from 'react-router';
import { usePhone } from '../../../shared/lib/hooks';
import { useT } from '../locale';
import { usePlaces } from '../places';

/** Beside every page of settings, whichever module it is of, stands the list of all; phones have the way back to it. */
export function SettingsShell() {
  const t = useT();
  const phone = usePhone();
  const at = useLocation().pathname;
  const shown = usePlaces();
  return (
    <Box sx={{ display: 'grid', gap: 8, gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: '200px minmax(0, 1fr)' } }}>
      {!phone && (
        <Box component="nav" aria-label={t('nav.label')} sx={{ display: { xs: 'none', md: 'block' } }}>
          <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, position: 'sticky', top: 80 }}>
            {shown.map((p) => {
              const here = p.to === at;
              return (
                <li key={p.key}>
                  <Box component={Link} to={p.to} aria-current={here ? 'page' : undefined} sx={{ display: 'flex', alignItems: 'center', minHeight: 36, px: 3, borderRadius: 1, color: here ? 'text.primary' : 'text.secondary', fontWeight: here ? 620 : 400, bgcolor: here ? 'action.selected' : undefined, textDecoration: 'none', '&:hover': { bgcolor: 'action.hover' } }}>
                    {t(`nav.${p.key}`)}
                  </Box>
                </li>
              );
            })}
          </Box>
        </Box>
      )}
      <Box sx={{ minWidth: 0 }}><Outlet /></Box>
    </Box>
  );
}
