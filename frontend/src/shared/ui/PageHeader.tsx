import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useDocumentTitle } from '../lib/hooks';

type Props = {
  title: string;
  /** A quiet line under the title. */
  sub?: ReactNode;
  /** The way back up: the list this page is an item of. */
  up?: { to: string; label: string };
  /** Shown beside the title: a state chip. */
  chip?: ReactNode;
  /** The page's one main action last. On phones they sit in a bar above the bottom navigation. */
  actions?: ReactNode;
  /** While it is not known which actions there are: they keep their room, and none moves under a finger. */
  held?: boolean;
};

/** The top of every page. Also names the browser's tab. */
export function PageHeader({ title, sub, up, chip, actions, held }: Props) {
  useDocumentTitle(title);
  return (
    <Box sx={{ mb: 5, display: 'flex', alignItems: { xs: 'stretch', sm: 'flex-end' }, flexDirection: { xs: 'column', sm: 'row' }, gap: 3 }}>
      <Box sx={{ flex: 1, minWidth: 0 }}>
        {up && (
          <Typography component={Link} to={up.to} variant="body2" sx={{ color: 'text.secondary', display: 'inline-flex', alignItems: 'center', minHeight: 24, textDecoration: 'none', '&:hover': { textDecoration: 'underline' } }}>
            ← {up.label}
          </Typography>
        )}
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 3, flexWrap: 'wrap' }}>
          <Typography variant="h1" className="said">{title}</Typography>
          {chip}
        </Box>
        {sub && <Typography component="div" sx={{ color: 'text.secondary' }}>{sub}</Typography>}
      </Box>
      {actions && (
        <Box aria-busy={held || undefined} sx={{ visibility: held ? 'hidden' : undefined, display: 'flex', gap: 2, flexWrap: 'wrap', alignItems: 'center', '& > .MuiButton-root': { flexGrow: { xs: 1, sm: 0 } } }}>{actions}</Box>
      )}
    </Box>
  );
}
