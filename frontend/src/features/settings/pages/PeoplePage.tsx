import { useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import { valibotResolver } from '@hookform/resolvers/valibot';
import * as v from 'valibot';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import MoreIcon from '@mui/icons-material/MoreVertRounded';
import { codeOf, problemText } from '../../../shared/api/problem';
import { formatAgo, formatDay, formatMoment } from '../../../shared/lib/dates';
import { useParam, useTab } from '../../../shared/lib/hooks';
import { useMe, useCan } from '../../../shared/lib/me';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { ConfirmDialog, FormDialog } from '../../../shared/ui/dialogs';
import { SelectField, TextField } from '../../../shared/ui/fields';
import { FilterBar } from '../../../shared/ui/filters';
import { PersonAvatar, StatusChip, type Tone } from '../../../shared/ui/small';
import { EmptyState, NoResults } from '../../../shared/ui/states';
import { TabBar } from '../../../shared/ui/TabBar';
import { toast } from '../../../shared/ui/Toast';
import {
  useChangeMemberRoleMutation, useDeactivateMemberMutation, useInviteMutation, useReactivateMemberMutation, useResendInvitationMutation,
  useRevokeInvitationMutation, useSettingsInvitationsInfiniteQuery, useSettingsMembersInfiniteQuery, type Invitation, type Member,
} from '../api';
import { SettingsPage } from '../components/SettingsPage';
import { useT } from '../locale';
import { addressesIn, staffRoles, type StaffRole } from '../model';

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

const isRole = (r: string): r is StaffRole => (staffRoles as readonly string[]).includes(r);

function useRoleName() {
  const t = useT();
  return (role: string) => (isRole(role) || role === 'contact' ? t(`roles.${role}`) : role);
}

/** Refusals that a person can do something about, in words that say what. */
function useRefusal() {
  const t = useT();
  return (e: unknown): string => {
    switch (codeOf(e)) {
      case 'identity.last_owner':
        return t('people.lastOwner');
      case 'identity.own_role':
        return t('people.ownRole');
      case 'identity.owners_only':
        return t('people.ownersOnly');
    }
    return problemText(e);
  };
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
  const columns: Column<Member>[] = [
    { key: 'name', header: t('people.name'), width: 'minmax(0, 2fr)', cell: (m) => <Box sx={{ display: 'flex', alignItems: 'center', gap: 2, minWidth: 0 }}><PersonAvatar name={m.name} size={24} /><Box component="span" sx={{ overflow: 'hidden', textOverflow: 'ellipsis' }}>{name(m)}</Box></Box> },
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
        card={(m) => <CardRow title={name(m)} end={roleName(m.role)} sub={m.email} state={m.state === 'active' ? (m.last_seen_at ? formatAgo(m.last_seen_at) : t('people.never')) : <MemberState member={m} />} />}
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
  const [open, setOpen] = useState<'role' | 'deactivate' | null>(null);
  const [deactivate] = useDeactivateMemberMutation();
  const [reactivate] = useReactivateMemberMutation();
  const pick = (what: 'role' | 'deactivate') => {
    setAnchor(null);
    setOpen(what);
  };
  const bringBack = async () => {
    setAnchor(null);
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
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        {m.state === 'active' && <MenuItem onClick={() => pick('role')}>{t('people.changeRole')}</MenuItem>}
        {m.state === 'active' && <MenuItem onClick={() => pick('deactivate')}>{t('people.deactivate')}</MenuItem>}
        {m.state === 'deactivated' && <MenuItem onClick={() => void bringBack()}>{t('people.reactivate')}</MenuItem>}
      </Menu>
      {open === 'role' && <RoleDialog member={m} onClose={() => setOpen(null)} />}
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

/** A refusal in our own words, in the shape that dialogs show. */
const said = (detail: string) => ({ kind: 'problem' as const, problem: { status: 409, detail } });

function RoleDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const t = useT();
  const me = useMe();
  const roleName = useRoleName();
  const refusal = useRefusal();
  const [change] = useChangeMemberRoleMutation();
  const form = useForm({ defaultValues: { role: member.role } });
  const role = useWatch({ control: form.control, name: 'role' });
  return (
    <FormDialog
      open
      title={t('people.changeRoleOf', { name: member.name })}
      form={form}
      onClose={onClose}
      onSubmit={async (values) => {
        try {
          await change({ id: member.id, version: member.version, role: values.role }).unwrap();
        } catch (e) {
          throw said(refusal(e));
        }
        toast(t('people.roleChanged', { name: member.name, role: roleName(values.role) }));
        onClose();
      }}
    >
      <SelectField name="role" label={t('people.role')} options={grantable(me?.role).map((r) => ({ value: r, label: t(`roles.${r}`) }))} help={isRole(role) ? t(`roleText.${role}`) : undefined} />
    </FormDialog>
  );
}

const grantable = (mine: string | undefined): readonly StaffRole[] => (mine === 'owner' ? staffRoles : staffRoles.filter((r) => r !== 'owner'));

const invitationTones: Record<Invitation['state'], Tone> = { open: 'brand', accepted: 'success', revoked: 'neutral', expired: 'warning' };

function Invitations({ onInvite }: { onInvite?: () => void }) {
  const t = useT();
  const roleName = useRoleName();
  const can = useCan();
  const [state, setState] = useParam('invitations', 'open');
  const list = useSettingsInvitationsInfiniteQuery({ state: state === 'all' ? '' : state });
  const rows = list.data?.pages.flatMap((p) => p.items);
  const columns: Column<Invitation>[] = [
    { key: 'email', header: t('invite.to'), width: 'minmax(0, 2fr)', cell: (i) => i.email },
    { key: 'role', header: t('people.role'), cell: (i) => roleName(i.role) },
    { key: 'expires', header: t('invite.expires'), cell: (i) => formatMoment(i.expires_at), from: 'md' },
    { key: 'state', header: t('people.state'), width: '130px', cell: (i) => <StatusChip label={t(`invite.state.${i.state}`)} tone={invitationTones[i.state]} /> },
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
        card={(i) => <CardRow title={i.email} end={roleName(i.role)} sub={`${t('invite.expires')} ${formatDay(i.expires_at.slice(0, 10))}`} state={<StatusChip label={t(`invite.state.${i.state}`)} tone={invitationTones[i.state]} />} />}
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
    setAnchor(null);
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
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        <MenuItem onClick={() => void again()}>{t('invite.resend')}</MenuItem>
        {i.state === 'open' && <MenuItem onClick={() => { setAnchor(null); setAsking(true); }}>{t('invite.revoke')}</MenuItem>}
      </Menu>
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

function InviteDialog({ onClose, onSent }: { onClose: () => void; onSent: () => void }) {
  const t = useT();
  const me = useMe();
  const [invite] = useInviteMutation();
  const schema = v.object({
    emails: v.pipe(
      v.string(),
      v.rawCheck(({ dataset, addIssue }) => {
        if (!dataset.typed) return;
        const { good, bad } = addressesIn(dataset.value);
        if (bad[0]) addIssue({ message: t('invite.emailBad', { address: bad[0] }) });
        else if (good.length === 0) addIssue({ message: t('invite.emailHelp') });
        else if (good.length > 20) addIssue({ message: t('invite.emailMany') });
      }),
    ),
    role: v.string(),
  });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { emails: '', role: 'member' } });
  const role = useWatch({ control: form.control, name: 'role' });
  return (
    <FormDialog
      open
      title={t('invite.title')}
      form={form}
      submitLabel={t('invite.submit')}
      onClose={onClose}
      onSubmit={async (values) => {
        const addresses = addressesIn(values.emails).good;
        const failed: string[] = [];
        let why: unknown;
        for (const email of addresses) {
          try {
            await invite({ email, role: values.role }).unwrap();
          } catch (e) {
            failed.push(email);
            why = e;
          }
        }
        const sent = addresses.length - failed.length;
        if (failed.length > 0) {
          // What was sent leaves the field, so that sending again repeats only what failed.
          form.setValue('emails', failed.join('\n'));
          form.setError('emails', { type: 'server', message: `${sent > 0 ? `${t('invite.partly', { sent, failed: failed.join(', ') })}. ` : ''}${problemText(why)}` });
          return;
        }
        toast(t('invite.sent', { count: sent }));
        onClose();
        onSent();
      }}
    >
      <TextField name="emails" label={t('invite.email')} help={t('invite.emailHelp')} multiline rows={2} maxLength={4000} autoFocus required />
      <SelectField name="role" label={t('invite.role')} options={grantable(me?.role).map((r) => ({ value: r, label: t(`roles.${r}`) }))} help={isRole(role) ? t(`roleText.${role}`) : undefined} />
    </FormDialog>
  );
}
