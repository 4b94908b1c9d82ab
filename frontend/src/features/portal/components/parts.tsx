import Box from '@mui/material/Box';
import LinearProgress from '@mui/material/LinearProgress';
import Typography from '@mui/material/Typography';
import { Link } from 'react-router';
import type { PortalProject } from '../../../shared/api/gen/portal.gen';
import { formatDay } from '../../../shared/lib/dates';
import { Duration, StatusChip, type Tone } from '../../../shared/ui/small';
import { useAs } from '../api';
import { useT } from '../locales/en';

type State = 'planned' | 'active' | 'on_hold' | 'completed' | 'archived';
type Status = 'open' | 'partly_paid' | 'overdue' | 'paid' | 'credited' | 'written_off' | 'void' | 'credit_note';
const tones: Record<Status, Tone> = { open: 'brand', partly_paid: 'brand', overdue: 'danger', paid: 'success', credited: 'success', written_off: 'neutral', void: 'neutral', credit_note: 'neutral' };

export function ProjectState({ state }: { state: string }) {
  const t = useT();
  return <StatusChip label={t(`state.${state as State}`)} tone={state === 'active' ? 'brand' : state === 'completed' ? 'success' : 'neutral'} />;
}

export function InvoiceStatus({ status }: { status: string }) {
  const t = useT();
  return <StatusChip label={t(`status.${status as Status}`)} tone={tones[status as Status]} />;
}

export function Progress({ project: p }: { project: PortalProject }) {
  const t = useT();
  const label = t('progress', { done: p.tasks_done, all: p.tasks_total });
  return (
    <Box>
      <LinearProgress variant="determinate" value={p.percent} aria-label={label} sx={{ height: 8, borderRadius: 1 }} />
      <Typography variant="body2" sx={{ color: 'text.secondary', mt: 1, display: 'flex', justifyContent: 'space-between', gap: 2 }}>
        <span>{label}</span>
        <span>{p.percent} %</span>
      </Typography>
    </Box>
  );
}

export function ProjectCards({ projects }: { projects: PortalProject[] }) {
  const t = useT();
  const { to } = useAs();
  return (
    <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 3, gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'repeat(2, minmax(0, 1fr))' } }}>
      {projects.map((p) => (
        <Box component="li" key={p.id} sx={{ border: 1, borderColor: 'divider', borderRadius: 1, bgcolor: 'background.paper', position: 'relative', p: 4, '&:hover': { borderColor: 'text.secondary' } }}>
          <Box sx={{ display: 'flex', justifyContent: 'space-between', gap: 2, mb: 3 }}>
            <Typography component="h3" variant="h3" className="said" sx={{ minWidth: 0 }}>
              <Box component={Link} to={to(`/portal/projects/${p.id}`)} sx={{ color: 'text.primary', textDecoration: 'none', '&::after': { content: '""', position: 'absolute', inset: 0 } }}>{p.name}</Box>
            </Typography>
            <Box sx={{ flexShrink: 0 }}><ProjectState state={p.state} /></Box>
          </Box>
          <Progress project={p} />
          <Typography variant="body2" component="div" sx={{ color: 'text.secondary', mt: 2, display: 'flex', gap: 4, minHeight: 20 }}>
            {p.due_on && <span>{t('due')}: {formatDay(p.due_on)}</span>}
            {p.seconds !== null && <span>{t('hours')}: <Duration seconds={p.seconds} /></span>}
          </Typography>
        </Box>
      ))}
    </Box>
  );
}
