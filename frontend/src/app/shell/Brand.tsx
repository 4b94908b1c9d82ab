import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { Link } from 'react-router';
import type { Me } from '../../shared/lib/me';

/** The agency's logo and name, leading home. */
export function Brand({ agency }: { agency: Me['agency'] }) {
  return (
    <Box component={Link} to="/" sx={{ display: 'flex', alignItems: 'center', gap: 2.5, minWidth: 0, minHeight: 44, color: 'text.primary', textDecoration: 'none' }}>
      {agency.logo_url ? (
        <Box component="img" src={agency.logo_url} alt="" sx={{ width: 28, height: 28, objectFit: 'contain', borderRadius: 0.5 }} />
      ) : (
        <Box aria-hidden sx={{ width: 28, height: 28, borderRadius: 1, bgcolor: 'primary.main', color: 'primary.contrastText', display: 'grid', placeItems: 'center', fontWeight: 700, flexShrink: 0 }}>{agency.name.slice(0, 1).toUpperCase()}</Box>
      )}
      <Typography component="span" sx={{ fontWeight: 650, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{agency.name}</Typography>
    </Box>
  );
}
