import Box from '@mui/material/Box';
import { NavLink } from 'react-router';
import type { Me } from '../../shared/lib/me';
import type { NavItem } from '../../shared/lib/nav';
import { Brand } from './Brand';
import { useShell } from './locales/en';
import { icons } from './navIcons';

export function Sidebar({ items, agency }: { items: NavItem[]; agency: Me['agency'] }) {
  const t = useShell();
  return (
    <Box component="nav" aria-label={t('nav.main')} sx={{ width: 224, flexShrink: 0, borderRight: 1, borderColor: 'divider', bgcolor: 'background.paper', display: 'flex', flexDirection: 'column', position: 'sticky', top: 0, height: '100dvh', overflowY: 'auto' }}>
      <Box sx={{ px: 4, height: 57, display: 'flex', alignItems: 'center', flexShrink: 0 }}><Brand agency={agency} /></Box>
      <Box component="ul" sx={{ listStyle: 'none', m: 0, px: 2, py: 2 }}>
        {items.map((n) => {
          const Icon = icons[n.key];
          return (
            <li key={n.to}>
              <Box component={NavLink} to={n.to} end={n.to === '/'} sx={{ display: 'flex', alignItems: 'center', gap: 3, px: 4, minHeight: 36, mb: 0.5, borderRadius: 1, color: 'text.primary', fontWeight: 500, textDecoration: 'none', '& svg': { color: 'text.secondary' }, '&:hover': { bgcolor: 'action.hover' }, '&.active': { bgcolor: 'action.selected' }, '&.active, &.active svg': { color: 'primary.main' } }}>
                <Icon fontSize="small" />
                {t(`nav.${n.key}`)}
              </Box>
            </li>
          );
        })}
      </Box>
    </Box>
  );
}
