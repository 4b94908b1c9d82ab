import Box from '@mui/material/Box';
import Divider from '@mui/material/Divider';
import ListItemIcon from '@mui/material/ListItemIcon';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import Typography from '@mui/material/Typography';
import { useColorScheme } from '@mui/material/styles';
import DarkIcon from '@mui/icons-material/DarkModeOutlined';
import DeviceIcon from '@mui/icons-material/ContrastOutlined';
import KeyIcon from '@mui/icons-material/KeyboardOutlined';
import LightIcon from '@mui/icons-material/LightModeOutlined';
import OutIcon from '@mui/icons-material/LogoutRounded';
import PersonIcon from '@mui/icons-material/ManageAccountsOutlined';
import { accountUrl, signOut } from '../../shared/lib/account';
import { command } from '../../shared/lib/commands';
import type { Me } from '../../shared/lib/me';
import { useShell } from './locales/en';

const modes = [['light', LightIcon], ['dark', DarkIcon], ['system', DeviceIcon]] as const;

export function AccountPopup({ me, anchor, onClose: close }: { me: Me; anchor: HTMLElement; onClose: () => void }) {
  const t = useShell();
  const { mode, setMode } = useColorScheme();
  return (
    <Menu anchorEl={anchor} open onClose={close} anchorOrigin={{ vertical: 'bottom', horizontal: 'right' }} transformOrigin={{ vertical: 'top', horizontal: 'right' }} slotProps={{ paper: { variant: 'outlined', elevation: 0, sx: { minWidth: 240, maxWidth: 320 } } }}>
      <Box component="li" role="none" sx={{ px: 4, py: 2 }}>
        <Typography sx={{ fontWeight: 560 }} className="said">{me.name}</Typography>
        <Typography variant="body2" className="said" sx={{ color: 'text.secondary' }}>{me.email}</Typography>
      </Box>
      <Divider component="li" role="none" />
      <MenuItem component="a" href={accountUrl('/settings')}><ListItemIcon><PersonIcon fontSize="small" /></ListItemIcon>{t('menu.profile')}</MenuItem>
      <MenuItem onClick={() => { close(); command('shortcuts'); }}><ListItemIcon><KeyIcon fontSize="small" /></ListItemIcon>{t('menu.keys')}</MenuItem>
      <Divider component="li" role="none" />
      {modes.map(([m, Icon]) => (
        <MenuItem key={m} role="menuitemradio" aria-checked={mode === m} selected={mode === m} onClick={() => setMode(m)}>
          <ListItemIcon><Icon fontSize="small" /></ListItemIcon>{t(`menu.${m}`)}
        </MenuItem>
      ))}
      <Divider component="li" role="none" />
      <MenuItem onClick={() => void signOut()}><ListItemIcon><OutIcon fontSize="small" /></ListItemIcon>{t('menu.signOut')}</MenuItem>
    </Menu>
  );
}
