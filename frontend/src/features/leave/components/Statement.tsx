import Dialog from '@mui/material/Dialog';
import DialogContent from '@mui/material/DialogContent';
import { useLeaveStatementQuery, type LeaveLineView, type LeaveTypeView } from '../../../shared/api/gen/leave.gen';
import { formatDay } from '../../../shared/lib/dates';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { DialogHead } from '../../../shared/ui/DialogHead';
import { EmptyState } from '../../../shared/ui/states';
import { useT } from '../locales/en';

/** What a balance is made of, line by line: it adds up. */
export function Statement({ kind, memberId, onClose }: { kind: LeaveTypeView; memberId?: string; onClose: () => void }) {
  const t = useT();
  const s = useLeaveStatementQuery({ id: kind.id, memberId });
  const rows = s.data?.lines.map((l, i) => ({ ...l, key: `${i}` }));
  type Row = LeaveLineView & { key: string };
  const much = (count: number) => t(`unit.${kind.unit}`, { count });
  const signed = (n: number) => `${n > 0 ? '+' : '−'}${much(Math.abs(n))}`;
  const what = (l: LeaveLineView) => t(`line.${l.kind}`) + (l.note ? `: ${l.note}` : '');
  const columns: Column<Row>[] = [
    { key: 'day', header: t('line.day'), width: '112px', cell: (l) => formatDay(l.day) },
    { key: 'what', header: t('line.what'), width: 'minmax(0, 3fr)', cell: what },
    { key: 'change', header: t('line.change'), numeric: true, width: '104px', cell: (l) => signed(l.change) },
    { key: 'balance', header: t('line.balance'), numeric: true, width: '104px', cell: (l) => much(l.balance) },
  ];
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="sm" aria-labelledby="statement-title">
      <DialogHead id="statement-title" title={t('balance.statement', { name: kind.name })} onClose={onClose} />
      <DialogContent>
        <DataTable
          label={t('balance.statement', { name: kind.name })} rows={rows} columns={columns} getId={(l) => l.key}
          card={(l) => <CardRow title={what(l)} end={signed(l.change)} sub={formatDay(l.day)} state={t('line.left', { much: much(l.balance) })} />}
          error={s.error} onRetry={() => void s.refetch()} empty={<EmptyState title={t('line.empty')} />}
        />
      </DialogContent>
    </Dialog>
  );
}
