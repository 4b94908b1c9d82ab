import Box from '@mui/material/Box';
import { useState } from 'react';
import { Link } from 'react-router';
import { formatDay } from '../../shared/lib/dates';
import type { Me } from '../../shared/lib/me';
import { useCan } from '../../shared/lib/me';
import { useShell } from './locales/en';

const early = 5 * 86_400_000;

/** Says, on every page, when the agency's plan does not let everything happen, or soon will not. It comes with the shell, so nothing jumps. */
export function AccessNotice({ me }: { me: Me }) {
  const t = useShell();
  const manages = useCan()('billing.account.read');
  const a = me.access;
  const [now] = useState(Date.now);
  if (!a) return null;
  const ending = a.level === 'full' && a.until !== null && Date.parse(a.until) - now < early;
  if (a.level === 'full' && !(ending && manages)) return null;
  const text = t(`access.${a.level === 'full' ? 'ending' : a.level}`, { day: a.until ? formatDay(a.until.slice(0, 10)) : '' });
  return (
    <Box role="status" sx={{ display: 'flex', flexWrap: 'wrap', gap: 2, alignItems: 'center', px: { xs: 4, md: 6 }, py: 2, borderBottom: 1, borderColor: 'divider', bgcolor: 'background.paper', borderLeft: 4, borderLeftColor: ending || a.level === 'grace' ? 'warning.main' : 'error.main' }}>
      <span>{text}</span>
      {manages && <Box component={Link} to="/settings/billing" sx={{ color: 'primary.main', fontWeight: 560, display: 'inline-flex', alignItems: 'center', minHeight: 32 }}>{t('access.manage')}</Box>}
    </Box>
  );
}
