import type { ReactNode } from 'react';
import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import Typography from '@mui/material/Typography';
import ChevronIcon from '@mui/icons-material/ChevronRightRounded';
import { Link, useLocation } from 'react-router';
import { usePhone } from '../../../shared/lib/hooks';
import { useCan } from '../../../shared/lib/me';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { useT } from '../locale';

const places = [
  { key: 'agency', to: '/settings/agency', need: 'agency.settings.read' },
  { key: 'people', to: '/settings/people', need: 'identity.members.read' },
  { key: 'positions', to: '/settings/positions', need: 'people.positions.write' },
  { key: 'holidays', to: '/settings/holidays', need: 'people.positions.read' },
  { key: 'leave', to: '/settings/leave', need: 'people.positions.write' },
  { key: 'time', to: '/settings/time', need: 'agency.settings.read' },
  { key: 'invoicing', to: '/settings/invoicing', need: 'invoicing.settings.read' },
  { key: 'payments', to: '/settings/payments', need: 'payments.account.read' },
  { key: 'expenses', to: '/settings/expenses', need: 'expenses.settings.write' },
  { key: 'rates', to: '/rates', need: 'rates.cards.read' },
  { key: 'profile', to: '/settings/profile', need: '' },
  { key: 'tokens', to: '/settings/tokens', need: 'identity.tokens.write' },
  { key: 'billing', to: '/settings/billing', need: 'billing.account.read' },
  { key: 'data', to: '/settings/data', need: 'agency.data.export' },
  { key: 'security', to: '/settings/security', need: 'agency.settings.write' },
  { key: 'audit', to: '/audit', need: 'audit.events.read' },
] as const;

function usePlaces() {
  const can = useCan();
  return places.filter((p) => p.need === '' || can(p.need));
}

type Props = { title: string; sub?: ReactNode; actions?: ReactNode; children: ReactNode };

/** A page of settings: the list of all of them at its side, or the way back to it on phones. */
export function SettingsPage({ title, sub, actions, children }: Props) {
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
      <Box sx={{ minWidth: 0, maxWidth: 880 }}>
        <PageHeader title={title} sub={sub} actions={actions} up={{ to: '/settings', label: t('title') }} />
        {children}
      </Box>
    </Box>
  );
}

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
