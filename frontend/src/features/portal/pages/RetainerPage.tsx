import { useParams } from 'react-router';
import type { PortalRetainerPeriod } from '../../../shared/api/gen/portal.gen';
import { formatDay } from '../../../shared/lib/dates';
import { formatFigure, type FigureValue, usage } from '../../../shared/lib/figures';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { StatusChip } from '../../../shared/ui/small';
import { EmptyState } from '../../../shared/ui/states';
import { useAs, useRetainerAsQuery } from '../api';
import { NotYet } from '../components/NotYet';
import { useT } from '../locales/en';

/** All periods of an agreement, each leading to its statement. */
export function RetainerPage() {
  const t = useT();
  const { id = '' } = useParams();
  const { as, to } = useAs();
  const { data: r, error, refetch } = useRetainerAsQuery({ as, id });
  if (!r) return <NotYet title={t('retainers')} error={error} onRetry={() => void refetch()} />;
  const said = (f: unknown) => formatFigure(f as FigureValue);
  const span = (p: PortalRetainerPeriod) => `${formatDay(p.from_on)} – ${formatDay(p.to_on)}`;
  const state = (p: PortalRetainerPeriod) => <StatusChip label={t(`retainer.${p.state}`)} tone={p.state === 'open' ? 'brand' : 'neutral'} />;
  const columns: Column<PortalRetainerPeriod>[] = [
    { key: 'span', header: t('retainer.period'), width: 'minmax(0, 2fr)', cell: span },
    { key: 'opening', header: t('retainer.opening'), width: '110px', numeric: true, from: 'md', cell: (p) => said(p.opening) },
    { key: 'granted', header: t('retainer.granted'), width: '110px', numeric: true, from: 'md', cell: (p) => said(p.granted) },
    { key: 'used', header: t('retainer.usedHead'), width: '110px', numeric: true, cell: (p) => said(usage(p).used) },
    { key: 'left', header: t('retainer.leftHead'), width: '110px', numeric: true, cell: (p) => said(p.state === 'open' ? p.left : p.closing) },
    { key: 'state', header: t('status.label'), width: '110px', cell: state },
  ];
  return (
    <>
      <PageHeader up={{ to: to('/portal/retainers'), label: t('retainers') }} title={r.name} />
      <DataTable label={r.name} rows={r.periods ?? []} columns={columns} getId={(p) => p.id} href={(p) => to(`/portal/retainers/${r.id}/${p.id}`)} nameOf={span}
        card={(p) => <CardRow title={span(p)} end={t('retainer.left', { left: said(p.state === 'open' ? p.left : p.closing) })} sub={`${t('retainer.usedHead')}: ${said(usage(p).used)}`} state={state(p)} />} empty={<EmptyState title={t('noRetainers')} />} />
    </>
  );
}
