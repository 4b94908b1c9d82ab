import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useLeaveCancelMutation, useLeaveListQuery, useLeaveTypesListQuery, type LeaveView } from '../../../shared/api/gen/leave.gen';
import { today } from '../../../shared/lib/dates';
import { useMe } from '../../../shared/lib/me';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { ConfirmDialog } from '../../../shared/ui/dialogs';
import { StatusChip } from '../../../shared/ui/small';
import { EmptyState } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { toneOf, when } from '../model';
import { useT } from '../locales/en';

/** One's own leave, the latest first, and what became of it. */
export function Mine() {
  const t = useT();
  const me = useMe();
  const list = useLeaveListQuery({ memberId: me?.member_id, limit: 100 }, { skip: !me });
  const kinds = useLeaveTypesListQuery({ archived: true });
  const [cancel] = useLeaveCancelMutation();
  const [taking, setTaking] = useState<LeaveView | null>(null);
  const kindOf = (l: LeaveView) => kinds.data?.items.find((k) => k.id === l.type_id);
  const takes = (l: LeaveView) => t(`unit.${kindOf(l)?.unit ?? 'days'}`, { count: l.takes });
  const chip = (l: LeaveView) => <StatusChip label={t(`state.${l.state}`)} tone={toneOf[l.state]} />;
  const may = (l: LeaveView) => l.state === 'requested' || (l.state === 'approved' && l.first_day > today());
  const takeBack = async (l: LeaveView) => {
    await cancel({ id: l.id, 'If-Match': `"${l.version}"`, leaveDecision: {} }).unwrap();
    toast(t('list.cancelled'));
  };
  // What somebody approved is not there again with another click.
  const back = (l: LeaveView) => (l.state === 'approved' && kindOf(l)?.approval ? setTaking(l) : void takeBack(l).catch(toast.failed));
  const kind = (l: LeaveView) => (
    <>
      {kindOf(l)?.name ?? t('list.other')}
      {l.reason && <Typography component="span" variant="body2" sx={{ color: 'text.secondary', display: 'block' }}>{t('list.reason', { reason: l.reason })}</Typography>}
    </>
  );
  const columns: Column<LeaveView>[] = [
    { key: 'when', header: t('list.when'), width: 'minmax(0, 2fr)', cell: when },
    { key: 'kind', header: t('list.kind'), width: 'minmax(0, 2fr)', cell: kind },
    { key: 'takes', header: t('list.takes'), cell: takes },
    { key: 'state', header: t('list.state'), cell: chip },
  ];
  return (
    <>
      <DataTable
        label={t('list.label')} rows={list.data?.items} columns={columns} getId={(l) => l.id}
        card={(l) => <CardRow title={when(l)} sub={`${kindOf(l)?.name ?? ''} · ${takes(l)}`} state={chip(l)} />}
        actionsWidth="112px" actions={(l) => may(l) && <Button size="small" onClick={() => back(l)}>{t('list.cancel')}</Button>}
        error={list.error} onRetry={() => void list.refetch()} empty={<EmptyState title={t('list.empty')} text={t('list.emptyText')} />}
      />
      <ConfirmDialog
        open={taking !== null} title={t('list.cancelTitle', { when: taking ? when(taking) : '' })} text={t('list.cancelText')} confirmLabel={t('list.cancel')} danger
        onClose={() => setTaking(null)} onConfirm={async () => { if (taking) await takeBack(taking); }}
      />
    </>
  );
}
