import { useState } from 'react';
import Button from '@mui/material/Button';
import FormControlLabel from '@mui/material/FormControlLabel';
import Switch from '@mui/material/Switch';
import { useCan } from '../../../shared/lib/me';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { StatusChip } from '../../../shared/ui/small';
import { EmptyState } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { later } from '../../../shared/ui/later';
import { useChangePositionMutation, useSettingsPositionsQuery, type Position } from '../api';
import { SettingsPage } from '../components/SettingsPage';
import { useT } from '../locale';

const PositionDialog = later(async () => (await import('../components/PositionDialog')).PositionDialog);

export function PositionsPage() {
  const t = useT();
  const writes = useCan()('people.positions.write');
  const [archived, setArchived] = useState(false);
  const [editing, setEditing] = useState<Position | 'new' | null>(null);
  const list = useSettingsPositionsQuery({ archived });
  const [change] = useChangePositionMutation();
  const setState = async (p: Position, to: boolean) => {
    try {
      const after = await change({ id: p.id, version: p.version, archived: to }).unwrap();
      toast(to ? t('positions.archivedToast', { name: p.name }) : t('positions.saved'), to ? { undo: () => void setState(after, false) } : {});
    } catch (e) {
      toast.failed(e);
    }
  };
  const columns: Column<Position>[] = [
    { key: 'name', header: t('positions.name'), width: 'minmax(0, 3fr)', cell: (p) => p.name },
    { key: 'state', header: t('people.state'), cell: (p) => p.archived && <StatusChip label={t('positions.archived')} /> },
  ];
  const add = writes && <Button variant="contained" onClick={() => setEditing('new')}>{t('positions.add')}</Button>;
  return (
    <SettingsPage title={t('positions.title')} sub={t('positions.sub')} actions={add}>
      <FormControlLabel sx={{ mb: 2 }} control={<Switch checked={archived} onChange={(_, on) => setArchived(on)} />} label={t('positions.showArchived')} />
      <DataTable
        label={t('positions.title')}
        rows={list.data?.items}
        columns={columns}
        getId={(p) => p.id}
        card={(p) => <CardRow title={p.name} state={p.archived && <StatusChip label={t('positions.archived')} />} />}
        onOpen={writes ? setEditing : undefined}
        nameOf={(p) => p.name}
        actionsWidth="96px"
        actions={writes ? (p) => <Button size="small" onClick={() => void setState(p, !p.archived)}>{t(p.archived ? 'positions.restore' : 'positions.archive')}</Button> : undefined}
        error={list.error}
        onRetry={() => void list.refetch()}
        empty={<EmptyState title={t('positions.empty')} text={t('positions.emptyText')} action={add} />}
      />
      {editing && <PositionDialog position={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
    </SettingsPage>
  );
}
