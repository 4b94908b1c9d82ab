import { useState } from 'react';
import Button from '@mui/material/Button';
import FormControlLabel from '@mui/material/FormControlLabel';
import Switch from '@mui/material/Switch';
import { useLeaveTypesChangeMutation, useLeaveTypesListQuery, type LeaveTypeView } from '../../../shared/api/gen/leave.gen';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { later } from '../../../shared/ui/later';
import { StatusChip } from '../../../shared/ui/small';
import { EmptyState } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { SettingsPage } from '../components/SettingsPage';
import { useT } from '../locale';

const LeaveTypeDialog = later(async () => (await import('../components/LeaveTypeDialog')).LeaveTypeDialog);

/** The kinds of leave, and how much of them people have. */
export function LeavePage() {
  const t = useT();
  const [archived, setArchived] = useState(false);
  const [editing, setEditing] = useState<LeaveTypeView | 'new' | null>(null);
  const list = useLeaveTypesListQuery({ archived });
  const [change] = useLeaveTypesChangeMutation();
  const setState = async (k: LeaveTypeView, to: boolean) => {
    try {
      const after = await change({ id: k.id, 'If-Match': `"${k.version}"`, leaveTypeChange: { archived: to } }).unwrap();
      toast(t(to ? 'leave.archived' : 'leave.saved'), to ? { undo: () => void setState(after, false) } : {});
    } catch (e) {
      toast.failed(e);
    }
  };
  const much = (k: LeaveTypeView) => k.accrual === 'none' ? t('leave.none') : t(k.accrual === 'year' ? 'leave.aYear' : 'leave.aMonth', { n: k.allowance, unit: t(`leave.${k.unit}`).toLowerCase() });
  const chip = (k: LeaveTypeView) => k.archived ? <StatusChip label={t('leave.archived')} /> : !k.paid && <StatusChip label={t('leave.unpaid')} />;
  const columns: Column<LeaveTypeView>[] = [
    { key: 'name', header: t('leave.name'), width: 'minmax(0, 2fr)', cell: (k) => k.name },
    { key: 'much', header: t('leave.accrual'), width: 'minmax(0, 2fr)', cell: much },
    { key: 'state', header: t('people.state'), cell: chip },
  ];
  const add = <Button variant="contained" onClick={() => setEditing('new')}>{t('leave.add')}</Button>;
  return (
    <SettingsPage title={t('leave.title')} sub={t('leave.sub')} actions={add}>
      <FormControlLabel sx={{ mb: 2 }} control={<Switch checked={archived} onChange={(_, on) => setArchived(on)} />} label={t('leave.showArchived')} />
      <DataTable
        label={t('leave.title')}
        rows={list.data?.items}
        columns={columns}
        getId={(k) => k.id}
        card={(k) => <CardRow title={k.name} sub={much(k)} state={chip(k)} />}
        onOpen={setEditing}
        nameOf={(k) => k.name}
        actionsWidth="112px"
        actions={(k) => <Button size="small" onClick={() => void setState(k, !k.archived)}>{t(k.archived ? 'leave.restore' : 'leave.archive')}</Button>}
        error={list.error}
        onRetry={() => void list.refetch()}
        empty={<EmptyState title={t('leave.empty')} text={t('leave.emptyText')} action={add} />}
      />
      {editing && <LeaveTypeDialog kind={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
    </SettingsPage>
  );
}
