import Box from '@mui/material/Box';
import LinearProgress from '@mui/material/LinearProgress';
import Typography from '@mui/material/Typography';
import { Link } from 'react-router';
import type { PortalRetainer } from '../../../shared/api/gen/portal.gen';
import { formatDay } from '../../../shared/lib/dates';
import { formatFigure, sizeOf, usage, type FigureValue } from '../../../shared/lib/figures';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { EmptyState } from '../../../shared/ui/states';
import { useAs, useRetainersAsQuery } from '../api';
import { NotYet } from '../components/NotYet';
import { useT } from '../locales/en';

export function RetainersPage() {
  const t = useT();
  const { as } = useAs();
  const { data, error, refetch } = useRetainersAsQuery({ as });
  if (!data) return <NotYet title={t('retainers')} error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <PageHeader title={t('retainers')} />
      {data.items.length === 0 ? <EmptyState title={t('noRetainers')} /> : <Box sx={{ display: 'grid', gap: 4 }}>{data.items.map((r) => <Retainer key={r.id} retainer={r} />)}</Box>}
    </>
  );
}

function Retainer({ retainer: r }: { retainer: PortalRetainer }) {
  const t = useT();
  const { to } = useAs();
  const p = r.current;
  const f = (x: unknown) => x as FigureValue;
  const so = p && usage(p);
  const percent = so && sizeOf(so.all) > 0 ? Math.round((sizeOf(so.used) / sizeOf(so.all)) * 100) : 0;
  const used = so ? t('retainer.used', { used: formatFigure(so.used), all: formatFigure(so.all) }) : '';
  return (
    <Box sx={{ border: 1, borderColor: 'divider', borderRadius: 1, bgcolor: 'background.paper', p: 4 }}>
      <Box sx={{ display: 'flex', justifyContent: 'space-between', gap: 3, flexWrap: 'wrap', mb: 3 }}>
        <Typography component="h2" variant="h3" className="said"><Box component={Link} to={to(`/portal/retainers/${r.id}`)} sx={{ color: 'text.primary' }}>{r.name}</Box></Typography>
        {p && <Typography variant="body2" sx={{ color: 'text.secondary' }}>{formatDay(p.from_on)} – {formatDay(p.to_on)}</Typography>}
      </Box>
      {p && (
        <>
          <LinearProgress variant="determinate" value={Math.min(100, percent)} color={percent > 100 ? 'error' : percent >= 80 ? 'warning' : 'primary'} aria-label={used} sx={{ height: 8, borderRadius: 1 }} />
          <Box sx={{ display: 'flex', justifyContent: 'space-between', gap: 3, mt: 2, flexWrap: 'wrap' }}>
            <Typography variant="body2">{used}</Typography>
            <Typography variant="body2" sx={{ color: 'text.secondary' }}>{[sizeOf(f(p.overage)) > 0 && `${t('retainer.over')}: ${formatFigure(f(p.overage))}`, t('retainer.left', { left: formatFigure(f(p.left)) })].filter(Boolean).join(' · ')}</Typography>
          </Box>
        </>
      )}
    </Box>
  );
}
