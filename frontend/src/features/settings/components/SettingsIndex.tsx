import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import Typography from '@mui/material/Typography';
import ChevronIcon from '@mui/icons-material/ChevronRightRounded';
import { Link } from 'react-router';
import { useT } from '../locale';
import { usePlaces } from '../places';

/** All settings as a list: the first page on phones, and the start elsewhere. */
export function SettingsIndex() {
  const t = useT();
  const shown = usePlaces();
  return (
    <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, border: 1, borderColor: 'divider', borderRadius: 1, overflow: 'clip', bgcolor: 'background.paper', maxWidth: 640 }}>
      {shown.map((p, i) => (
        <Box component="li" key={p.key} sx={{ borderTop: i > 0 ? 1 : 0, borderColor: 'divider' }}>
          <ButtonBase component={Link} to={p.to} sx={{ width: '100%', display: 'flex', justifyContent: 'flex-start', textAlign: 'start', gap: 3, px: 4, py: 3, minHeight: 64, '&:hover': { bgcolor: 'action.hover' } }}>
            <Box sx={{ minWidth: 0 }}>
              <Typography sx={{ fontWeight: 560 }}>{t(`nav.${p.key}`)}</Typography>
              <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t(`nav.${p.key}Text`)}</Typography>
            </Box>
            <ChevronIcon sx={{ ml: 'auto', color: 'text.secondary' }} />
          </ButtonBase>
        </Box>
      ))}
    </Box>
  );
}
