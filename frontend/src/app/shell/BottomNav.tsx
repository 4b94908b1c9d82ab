import BottomNavigation from '@mui/material/BottomNavigation';
import BottomNavigationAction from '@mui/material/BottomNavigationAction';
import Box from '@mui/material/Box';
import List from '@mui/material/List';
import ListItem from '@mui/material/ListItem';
import ListItemButton from '@mui/material/ListItemButton';
import ListItemIcon from '@mui/material/ListItemIcon';
import ListItemText from '@mui/material/ListItemText';
import MoreIcon from '@mui/icons-material/MoreHorizRounded';
import { useState } from 'react';
import { Link, useLocation } from 'react-router';
import type { NavItem } from '../../shared/lib/nav';
import { BottomSheet } from '../../shared/ui/dialogs';
import { useShell } from './locales/en';
import { icons } from './navIcons';
import { TimerSlot } from './slots';

const thumbs: NavItem['key'][] = ['home', 'time', 'tasks', 'projects', 'clients', 'invoices'];

/** The phone's navigation: four places and a sheet with the rest, the running timer above it. */
export function BottomNav({ items }: { items: NavItem[] }) {
  const t = useShell();
  const { pathname } = useLocation();
  const [open, setOpen] = useState(false);
  const first = thumbs.flatMap((k) => items.filter((n) => n.key === k)).slice(0, 4);
  const rest = items.filter((n) => !first.includes(n));
  const here = (n: NavItem) => (n.to === '/' ? pathname === '/' : pathname === n.to || pathname.startsWith(`${n.to}/`));
  const value = first.find(here)?.to ?? (rest.some(here) ? 'more' : '');
  return (
    <Box sx={{ position: 'fixed', insetInline: 0, bottom: 0, zIndex: 20 }}>
      <TimerSlot place="bar" />
      <Box component="nav" aria-label={t('nav.main')} sx={{ borderTop: 1, borderColor: 'divider', bgcolor: 'background.paper', pb: 'env(safe-area-inset-bottom)' }}>
        <BottomNavigation showLabels value={value} sx={{ bgcolor: 'transparent', '& .MuiBottomNavigationAction-root': { minWidth: 0, px: 1, color: 'text.secondary' }, '& .Mui-selected': { color: 'primary.main' }, '& .MuiBottomNavigationAction-label': { fontSize: '12px !important', whiteSpace: 'nowrap' } }}>
          {first.map((n) => {
            const Icon = icons[n.key];
            return <BottomNavigationAction key={n.to} value={n.to} component={Link} {...{ to: n.to }} label={t(`nav.${n.key}`)} icon={<Icon fontSize="small" />} aria-current={here(n) ? 'page' : undefined} />;
          })}
          {rest.length > 0 && <BottomNavigationAction value="more" label={t('nav.more')} icon={<MoreIcon fontSize="small" />} aria-haspopup="dialog" onClick={() => setOpen(true)} />}
        </BottomNavigation>
      </Box>
      <BottomSheet open={open} title={t('nav.more')} onClose={() => setOpen(false)}>
        <List sx={{ mx: -4 }}>
          {rest.map((n) => {
            const Icon = icons[n.key];
            return (
              <ListItem key={n.to} disablePadding>
                <ListItemButton component={Link} to={n.to} selected={here(n)} onClick={() => setOpen(false)} sx={{ minHeight: 48, px: 6 }}>
                  <ListItemIcon sx={{ minWidth: 40 }}><Icon fontSize="small" /></ListItemIcon>
                  <ListItemText primary={t(`nav.${n.key}`)} />
                </ListItemButton>
              </ListItem>
            );
          })}
        </List>
      </BottomSheet>
    </Box>
  );
}
