import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import FormControlLabel from '@mui/material/FormControlLabel';
import Switch from '@mui/material/Switch';
import { useState } from 'react';
import { useContactsArchiveMutation, useContactsEndAccessMutation, useContactsGiveAccessBackMutation, useContactsListQuery, useContactsRestoreMutation, type ContactView } from '../../../shared/api/gen/clients.gen';
import { formatDay, today } from '../../../shared/lib/dates';
import { useCan, useMe } from '../../../shared/lib/me';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { ConfirmDialog } from '../../../shared/ui/dialogs';
import { PersonAvatar, StatusChip } from '../../../shared/ui/small';
import { EmptyState } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useInviteContactMutation } from '../api';
import { useT } from '../locales/en';
import { later } from '../../../shared/ui/later';

const ContactDialog = later(async () => (await import('./ContactDialog')).ContactDialog);

export function People({ clientId }: { clientId: string }) {
  const t = useT();
  const can = useCan();
  const writes = can('clients.contacts.write');
  const [archived, setArchived] = useState(false);
  const [editing, setEditing] = useState<ContactView | 'new' | null>(null);
  const list = useContactsListQuery({ clientId, limit: 200, state: archived ? 'all' : 'active' });
  const [archive] = useContactsArchiveMutation();
  const [restore] = useContactsRestoreMutation();
  const [invite] = useInviteContactMutation();
  const [endAccess] = useContactsEndAccessMutation();
  const [giveBack] = useContactsGiveAccessBackMutation();
  const [ending, setEnding] = useState<ContactView | null>(null);
  const lets = can('identity.invitations.write');
  const zone = useMe()?.agency.time_zone;
  const put = async (p: ContactView) => {
    try {
      await (p.archived_at ? restore : archive)({ id: p.id }).unwrap();
      if (!p.archived_at) toast(t(p.portal === 'active' || p.portal === 'invited' ? 'people.archivedShut' : 'people.archivedToast', { name: p.name }), { undo: () => void restore({ id: p.id }) });
    } catch (e) {
      toast.failed(e);
    }
  };
  const send = async (p: ContactView) => {
    try {
      await invite({ contact_id: p.id, client_id: p.client_id, email: p.email, name: p.name }).unwrap();
      toast(t('people.invited', { name: p.name }));
    } catch (e) {
      toast.failed(e);
    }
  };
  const back = async (p: ContactView) => {
    try {
      await giveBack({ id: p.id }).unwrap();
      toast(t('people.givenBack', { name: p.name }));
    } catch (e) {
      toast.failed(e);
    }
  };
  const end = async (p: ContactView) => {
    await endAccess({ id: p.id }).unwrap();
    const invited = p.portal === 'invited';
    toast(t(invited ? 'people.invitationBack' : 'people.accessEnded', { name: p.name }), { undo: lets && !invited ? () => void back(p) : undefined });
  };
  const ended = (p: ContactView) => {
    const e = p.access_ended;
    if (!e) return '';
    if (e.while_archived) return t('people.endedWhileArchived');
    const day = formatDay(today(zone, new Date(e.at)));
    return e.by ? t('people.endedBy', { day, who: e.by }) : t('people.endedOn', { day });
  };
  const marks = (p: ContactView) =>
    [p.primary && t('people.primary'), p.billing && t('people.billing'), p.archived_at && t('archived')].filter((x): x is string => Boolean(x));
  const chip = (p: ContactView) => (p.portal === 'none' ? '' : <StatusChip label={t(`people.state_${p.portal as 'invited' | 'active' | 'ended'}`)} tone={p.portal === 'active' ? 'success' : 'neutral'} />);
  const portal = (p: ContactView) => (
    <Box>
      {chip(p)}
      {p.access_ended && <Box sx={{ fontSize: 'body2.fontSize', color: 'text.secondary', mt: 1, whiteSpace: 'normal' }}>{ended(p)}</Box>}
    </Box>
  );
  const columns: Column<ContactView>[] = [
    { key: 'name', header: t('people.name'), width: 'minmax(0, 2fr)', cell: (p) => <PersonAvatar name={p.name} size={24} named /> },
    { key: 'job', header: t('people.jobTitle'), width: 'minmax(0, 1.5fr)', from: 'md', cell: (p) => p.job_title },
    { key: 'email', header: t('people.email'), width: 'minmax(0, 2fr)', cell: (p) => p.email },
    { key: 'phone', header: t('people.phone'), width: '150px', from: 'lg', cell: (p) => p.phone },
    { key: 'marks', header: t('people.marks'), width: 'minmax(180px, 1.2fr)', from: 'md', cell: (p) => marks(p).join(', ') },
    { key: 'portal', header: t('people.portal'), width: 'minmax(140px, 1.2fr)', cell: portal },
  ];
  const add = writes && <Button variant="contained" onClick={() => setEditing('new')}>{t('people.add')}</Button>;
  const actions = (p: ContactView) => (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', justifyContent: 'flex-end' }}>
      {lets && p.email && p.portal === 'none' && !p.archived_at && <Button size="small" onClick={() => void send(p)}>{t('people.invite')}</Button>}
      {writes && (p.portal === 'active' || p.portal === 'invited') && <Button size="small" color="inherit" onClick={() => setEnding(p)}>{t(p.portal === 'invited' ? 'people.takeBack' : 'people.end')}</Button>}
      {lets && p.access_ended && !p.access_ended.while_archived && !p.archived_at && <Button size="small" onClick={() => void back(p)}>{t('people.giveBack')}</Button>}
      {can('portal.preview') && !p.archived_at && <Button size="small" href={`/portal?as=${p.id}`}>{t('people.preview')}</Button>}
      {writes && <Button size="small" color="inherit" onClick={() => void put(p)}>{t(p.archived_at ? 'restore' : 'people.archive')}</Button>}
    </Box>
  );
  return (
    <>
      <Box sx={{ display: 'flex', justifyContent: 'space-between', gap: 2, mb: 3, flexWrap: 'wrap' }}>
        <FormControlLabel control={<Switch checked={archived} onChange={(_, on) => setArchived(on)} />} label={t('people.showArchived')} />
        {add}
      </Box>
      <DataTable
        label={t('people.title')}
        rows={list.data?.items}
        columns={columns}
        getId={(p) => p.id}
        nameOf={(p) => p.name}
        onOpen={writes ? setEditing : undefined}
        actions={actions}
        card={(p) => <CardRow title={p.name} end={chip(p)} sub={[p.job_title, p.email || p.phone].filter(Boolean).join(' · ')} state={[...marks(p), ended(p)].filter(Boolean).join(', ')} />}
        error={list.error}
        onRetry={() => void list.refetch()}
        empty={<EmptyState title={t('people.empty')} text={t('people.emptyText')} action={add} />}
      />
      <ConfirmDialog
        open={ending !== null}
        title={t(ending?.portal === 'invited' ? 'people.takeBackTitle' : 'people.endTitle', { name: ending?.name ?? '' })}
        text={t(ending?.portal === 'invited' ? 'people.takeBackText' : 'people.endText', { name: ending?.name ?? '' })}
        confirmLabel={t(ending?.portal === 'invited' ? 'people.takeBack' : 'people.end')}
        danger
        onConfirm={async () => { if (ending) await end(ending); }}
        onClose={() => setEnding(null)}
      />
      {editing && <ContactDialog clientId={clientId} contact={editing === 'new' ? undefined : editing} onClose={() => setEditing(null)} />}
    </>
  );
}
