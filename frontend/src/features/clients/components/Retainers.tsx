import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { Link } from 'react-router';
import { useRetainersListQuery, type RetainerView } from '../../../shared/api/gen/retainers.gen';
import { formatDay } from '../../../shared/lib/dates';
import { formatFigure, type FigureValue } from '../../../shared/lib/figures';
import { useCan } from '../../../shared/lib/me';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { StatusChip } from '../../../shared/ui/small';
import { EmptyState, Section } from '../../../shared/ui/states';
import { useT } from '../locales/en';

/** What the client has agreed on for a period, and what is left of it. */
export function Retainers({ clientId }: { clientId: string }) {
  const t = useT();
  const writes = useCan()('retainers.retainers.write');
  const list = useRetainersListQuery({ clientId, limit: 100 });
  const said = (f: unknown) => formatFigure(f as FigureValue | undefined);
  const low = (r: RetainerView) => r.low_since && <StatusChip label={t('retainers.low')} tone="warning" />;
  const named = (r: RetainerView) => (r.low_since ? <Box sx={{ display: 'flex', gap: 2, alignItems: 'center', flexWrap: 'wrap' }}>{r.name}{low(r)}</Box> : r.name);
  const columns: Column<RetainerView>[] = [
    { key: 'name', header: t('retainers.name'), width: 'minmax(0, 3fr)', cell: (r) => named(r) },
    { key: 'period', header: t('retainers.period'), width: '220px', from: 'md', cell: (r) => r.current && `${formatDay(r.current.from_on)} – ${formatDay(r.current.to_on)}` },
    { key: 'used', header: t('retainers.used'), width: '110px', numeric: true, cell: (r) => said(r.current?.used) },
    { key: 'left', header: t('retainers.left'), width: '110px', numeric: true, cell: (r) => said(r.current?.left) },
  ];
  const add = writes && <Button component={Link} to={`/retainers?new=1&client=${clientId}`}>{t('retainers.new')}</Button>;
  return (
    <Section title={t('tab.retainers')} action={add} pad={false}>
      <DataTable label={t('tab.retainers')} rows={list.data?.items} columns={columns} getId={(r) => r.id} href={(r) => `/retainers/${r.id}`} nameOf={(r) => r.name} error={list.error} onRetry={() => void list.refetch()}
        card={(r) => <CardRow title={r.name} end={said(r.current?.left)} sub={`${t('retainers.used')}: ${said(r.current?.used)}`} state={low(r)} />} empty={<EmptyState title={t('retainers.empty')} />} />
    </Section>
  );
}
