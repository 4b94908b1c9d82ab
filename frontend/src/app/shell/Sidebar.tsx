import Box from '@mui/material/Box';
import List from '@mui/material/List';
import ListItem from '@mui/material/ListItem';
import ListItemButton from '@mui/material/ListItemButton';
import ListItemIcon from '@mui/material/ListItemIcon';
import ListItemText from '@mui/material/ListItemText';
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
      <List dense sx={{ px: 2, pt: 1 }}>
        {items.map((n) => {
          const Icon = icons[n.key];
          return (
            <ListItem key={n.to} disablePadding>
              <ListItemButton component={NavLink} to={n.to} end={n.to === '/'} sx={{ borderRadius: 1, minHeight: 36, mb: 0.5, '&.active': { bgcolor: 'action.selected', color: 'primary.main', '& .MuiListItemIcon-root': { color: 'primary.main' } } }}>
                <ListItemIcon sx={{ minWidth: 32 }}><Icon fontSize="small" /></ListItemIcon>
                <ListItemText primary={t(`nav.${n.key}`)} slotProps={{ primary: { sx: { fontSize: 14, fontWeight: 500 } } }} />
              </ListItemButton>
            </ListItem>
          );
        })}
      </List>
    </Box>
  );
}
