import { useState } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import MoreIcon from '@mui/icons-material/MoreVertRounded';
import { formatAgo, formatDay, formatMoment } from '../../../shared/lib/dates';
import { useParam, useTab } from '../../../shared/lib/hooks';
import { useMe, useCan } from '../../../shared/lib/me';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { ActionMenu, ConfirmDialog } from '../../../shared/ui/dialogs';
import { FilterBar } from '../../../shared/ui/filters';
import { PersonAvatar, StatusChip, type Tone } from '../../../shared/ui/small';
import { EmptyState, NoResults } from '../../../shared/ui/states';
import { TabBar } from '../../../shared/ui/TabBar';
import { toast } from '../../../shared/ui/Toast';
import { later } from '../../../shared/ui/later';
import { useDeactivateMemberMutation, useReactivateMemberMutation, useResendInvitationMutation, useRevokeInvitationMutation, useSettingsInvitationsInfiniteQuery, useSettingsMembersInfiniteQuery, type Invitation, type Member } from '../api';
import { said, useRefusal, useRoleName } from '../components/roles';
import { SettingsPage } from '../components/SettingsPage';
import { useT } from '../locale';
import { staffRoles } from '../model';

const InviteDialog = later(async () => (await import('../components/InviteDialog')).InviteDialog);
const ScheduleDialog = later(async () => (await import('../components/ScheduleDialog')).ScheduleDialog);
const LineManagerDialog = later(async () => (await import('../components/LineManagerDialog')).LineManagerDialog);
const EmploymentDialog = later(async () => (await import('../components/EmploymentDialog')).EmploymentDialog);
const RoleDialog = later(async () => (await import('../components/RoleDialog')).RoleDialog);

export function PeoplePage() {
  const t = useT();
  const can = useCan();
  const [tab, setTab] = useTab(['members', 'invitations'] as const);
  const [inviting, setInviting] = useState(false);
  const invites = can('identity.invitations.write');
  return (
    <SettingsPage
      title={t('people.title')}
      sub={t('people.sub')}
      actions={invites && <Button variant="contained" onClick={() => setInviting(true)}>{t('people.invite')}</Button>}
    >
      {can('identity.invitations.read') && (
        <TabBar label={t('people.title')} value={tab} onChange={setTab} tabs={[{ value: 'members', label: t('people.members') }, { value: 'invitations', label: t('people.invitations') }]} />
      )}
      {tab === 'members' ? <Members /> : <Invitations onInvite={invites ? () => setInviting(true) : undefined} />}
      {inviting && <InviteDialog onClose={() => setInviting(false)} onSent={() => setTab('invitations')} />}
    </SettingsPage>
  );
}

function Members() {
  const t = useT();
  const me = useMe();
  const roleName = useRoleName();
  const can = useCan();
  const writes = can('identity.members.write');
  const [q, setQ] = useParam('q');
  const [role, setRole] = useParam('role');
  const [state, setState] = useParam('state', 'active');
  const list = useSettingsMembersInfiniteQuery({ q, role, state: state === 'all' ? '' : state });
  const rows = list.data?.pages.flatMap((p) => p.items);
  const name = (m: Member) => (m.id === me?.member_id ? t('people.you', { name: m.name }) : m.name);
  const mails = (m: Member) => m.mail_failed_at && <Typography variant="body2" sx={{ color: 'error.main', overflowWrap: 'anywhere' }}>{t('people.mailFails', { day: formatDay(m.mail_failed_at.slice(0, 10)), why: m.mail_failure })}</Typography>;
  const columns: Column<Member>[] = [
    { key: 'name', header: t('people.name'), width: 'minmax(0, 3fr)', wrap: true, cell: (m) => <><Box sx={{ display: 'flex', alignItems: 'center', gap: 2, minWidth: 0 }}><PersonAvatar name={m.name} size={24} /><Box component="span" sx={{ overflow: 'hidden', textOverflow: 'ellipsis' }}>{name(m)}</Box></Box>{mails(m)}</> },
    { key: 'email', header: t('invite.to'), width: 'minmax(0, 2fr)', cell: (m) => m.email, from: 'lg' },
    { key: 'role', header: t('people.role'), cell: (m) => roleName(m.role) },
    { key: 'seen', header: t('people.lastSeen'), cell: (m) => (m.last_seen_at ? formatAgo(m.last_seen_at) : t('people.never')), from: 'md' },
    { key: 'state', header: t('people.state'), width: '130px', cell: (m) => <MemberState member={m} /> },
  ];
  const filtered = q !== '' || role !== '' || state !== 'active';
  return (
    <>
      <FilterBar
        search={{ value: q, onChange: setQ, label: t('people.search') }}
        filters={[
          { key: 'role', label: t('people.role'), value: role, onChange: setRole, options: staffRoles.map((r) => ({ value: r, label: t(`roles.${r}`) })) },
          { key: 'state', label: t('people.state'), value: state === 'active' ? '' : state, onChange: (s) => setState(s === '' ? 'active' : s), options: [{ value: 'deactivated', label: t('people.deactivated') }] },
        ]}
      />
      <DataTable
        label={t('people.members')}
        rows={rows}
        columns={columns}
        getId={(m) => m.id}
        card={(m) => <CardRow title={name(m)} end={roleName(m.role)} sub={m.email} state={m.state === 'active' ? (m.last_seen_at ? formatAgo(m.last_seen_at) : t('people.never')) : <MemberState member={m} />} below={mails(m)} />}
        actions={writes ? (m) => <MemberMenu member={m} /> : undefined}
        error={list.error}
        onRetry={() => void list.refetch()}
        empty={filtered ? <NoResults onClear={() => { setQ(''); setRole(''); setState('active'); }} /> : <EmptyState title={t('people.emptyTitle')} />}
        hasMore={list.hasNextPage}
        loadingMore={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
      />
    </>
  );
}

function MemberState({ member }: { member: Member }) {
  const t = useT();
  return <StatusChip label={t(`people.${member.state}`)} tone={member.state === 'active' ? 'success' : 'neutral'} />;
}

function MemberMenu({ member: m }: { member: Member }) {
  const t = useT();
  const refusal = useRefusal();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [open, setOpen] = useState<'days' | 'role' | 'schedule' | 'line' | 'deactivate' | null>(null);
  const [deactivate] = useDeactivateMemberMutation();
  const [reactivate] = useReactivateMemberMutation();
  const bringBack = async () => {
    try {
      await reactivate(m.id).unwrap();
      toast(t('people.reactivated', { name: m.name }));
    } catch (e) {
      toast(refusal(e), { tone: 'error' });
    }
  };
  return (
    <>
      <IconButton aria-label={t('people.actionsFor', { name: m.name })} aria-haspopup="menu" onClick={(e) => setAnchor(e.currentTarget)}><MoreIcon fontSize="small" /></IconButton>
      <ActionMenu
        open={anchor !== null}
        anchor={anchor}
        onClose={() => setAnchor(null)}
        actions={
          m.state === 'active'
            ? [{ label: t('people.changeRole'), run: () => setOpen('role') }, { label: t('schedule.open'), run: () => setOpen('schedule') }, { label: t('schedule.days'), run: () => setOpen('days') }, { label: t('line.open'), run: () => setOpen('line') }, { label: t('people.deactivate'), run: () => setOpen('deactivate') }]
            : [{ label: t('people.reactivate'), run: () => void bringBack() }]
        }
      />
      {open === 'role' && <RoleDialog member={m} onClose={() => setOpen(null)} />}
      {open === 'line' && <LineManagerDialog member={m} onClose={() => setOpen(null)} />}
      {open === 'days' && <EmploymentDialog member={m} onClose={() => setOpen(null)} />}
      {open === 'schedule' && <ScheduleDialog member={m} onClose={() => setOpen(null)} />}
      <ConfirmDialog
        open={open === 'deactivate'}
        title={t('people.deactivateTitle', { name: m.name })}
        text={t('people.deactivateText')}
        confirmLabel={t('people.deactivate')}
        danger
        onClose={() => setOpen(null)}
        onConfirm={async () => {
          try {
            await deactivate(m.id).unwrap();
          } catch (e) {
            throw said(refusal(e));
          }
          toast(t('people.deactivated_', { name: m.name }));
        }}
      />
    </>
  );
}

const invitationTones: Record<Invitation['state'], Tone> = { open: 'brand', accepted: 'success', revoked: 'neutral', expired: 'warning' };

function Invitations({ onInvite }: { onInvite?: () => void }) {
  const t = useT();
  const roleName = useRoleName();
  const can = useCan();
  const [state, setState] = useParam('invitations', 'open');
  const list = useSettingsInvitationsInfiniteQuery({ state: state === 'all' ? '' : state });
  const rows = list.data?.pages.flatMap((p) => p.items);
  const failed = (i: Invitation) => i.state === 'open' && i.failed_at;
  const chip = (i: Invitation) => (failed(i) ? <StatusChip label={t('invite.failed')} tone="danger" /> : <StatusChip label={t(`invite.state.${i.state}`)} tone={invitationTones[i.state]} />);
  const failure = (i: Invitation) => failed(i) && <Typography variant="body2" sx={{ color: 'error.main' }}>{i.failure}</Typography>;
  const columns: Column<Invitation>[] = [
    { key: 'email', header: t('invite.to'), width: 'minmax(0, 2fr)', wrap: true, cell: (i) => <>{i.email}{failure(i)}</> },
    { key: 'role', header: t('people.role'), cell: (i) => roleName(i.role) },
    { key: 'expires', header: t('invite.expires'), cell: (i) => formatMoment(i.expires_at), from: 'md' },
    { key: 'state', header: t('people.state'), width: '160px', cell: chip },
  ];
  return (
    <>
      <FilterBar
        filters={[{
          key: 'state', label: t('people.state'), value: state === 'open' ? '' : state, onChange: (s) => setState(s || 'open'),
          options: [{ value: 'all', label: t('invite.all') }, ...(['accepted', 'expired', 'revoked'] as const).map((s) => ({ value: s, label: t(`invite.state.${s}`) }))],
        }]}
      />
      <DataTable
        label={t('people.invitations')}
        rows={rows}
        columns={columns}
        getId={(i) => i.id}
        card={(i) => <CardRow title={i.email} end={roleName(i.role)} sub={`${t('invite.expires')} ${formatDay(i.expires_at.slice(0, 10))}`} state={chip(i)} below={failure(i)} />}
        actions={can('identity.invitations.write') ? (i) => <InvitationMenu invitation={i} /> : undefined}
        error={list.error}
        onRetry={() => void list.refetch()}
        empty={state === 'open' ? <EmptyState title={t('invite.empty')} text={t('invite.emptyText')} action={onInvite && <Button variant="contained" onClick={onInvite}>{t('people.invite')}</Button>} /> : <NoResults onClear={() => setState('open')} />}
        hasMore={list.hasNextPage}
        loadingMore={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
      />
    </>
  );
}

function InvitationMenu({ invitation: i }: { invitation: Invitation }) {
  const t = useT();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [asking, setAsking] = useState(false);
  const [resend] = useResendInvitationMutation();
  const [revoke] = useRevokeInvitationMutation();
  if (i.state === 'accepted' || i.state === 'revoked') return null;
  const again = async () => {
    try {
      await resend(i.id).unwrap();
      toast(t('invite.resent', { email: i.email }));
    } catch (e) {
      toast.failed(e);
    }
  };
  return (
    <>
      <IconButton aria-label={t('people.actionsFor', { name: i.email })} aria-haspopup="menu" onClick={(e) => setAnchor(e.currentTarget)}><MoreIcon fontSize="small" /></IconButton>
      <ActionMenu
        open={anchor !== null}
        anchor={anchor}
        onClose={() => setAnchor(null)}
        actions={[{ label: t('invite.resend'), run: () => void again() }, ...(i.state === 'open' ? [{ label: t('invite.revoke'), run: () => setAsking(true) }] : [])]}
      />
      <ConfirmDialog
        open={asking}
        title={t('invite.revokeTitle', { email: i.email })}
        text={t('invite.revokeText')}
        confirmLabel={t('invite.revoke')}
        danger
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          await revoke(i.id).unwrap();
          toast(t('invite.revoked', { email: i.email }));
        }}
      />
    </>
  );
}
