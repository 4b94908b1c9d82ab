import { useState } from 'react';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import FormControlLabel from '@mui/material/FormControlLabel';
import Switch from '@mui/material/Switch';
import Typography from '@mui/material/Typography';
import { useCalendarFeedsListQuery } from '../../../shared/api/gen/time.gen';
import { session } from '../../../shared/api/session';
import { formatAgo, formatDay, formatMoment } from '../../../shared/lib/dates';
import { shortcuts } from '../../../shared/lib/hooks';
import { useCan, useMe } from '../../../shared/lib/me';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { ConfirmDialog } from '../../../shared/ui/dialogs';
import { StatusChip } from '../../../shared/ui/small';
import { EmptyState, Held, Section } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { later } from '../../../shared/ui/later';
import { useEndOtherSessionsMutation, useEndSessionMutation, useLeaveAgencyMutation, useMySessionsQuery, type Session } from '../api';
import { MyCalendars } from '../components/MyCalendars';
import { MyReminders } from '../components/MyReminders';
import { SettingsPage } from '../components/SettingsPage';
import { useT } from '../locale';
import { deviceOf } from '../model';

const ProfileForm = later(async () => (await import('../components/ProfileForm')).ProfileForm, <Box aria-busy="true" sx={{ height: { xs: 216, sm: 157 } }} />);

/** The sign-in host of this agency's address: acme.bureau.example has auth.bureau.example. */
const authHost = () => `${location.protocol}//auth.${location.host.split('.').slice(1).join('.')}`;

export function ProfilePage() {
  const t = useT();
  const me = useMe();
  const sessions = useMySessionsQuery();
  const logs = useCan()('timesheets.entries.write');
  const calendars = useCalendarFeedsListQuery(undefined, { skip: !logs });
  const [keys, setKeys] = useState(shortcuts.on);
  if (!me) return null;
  return (
    <SettingsPage title={t('profile.title')} sub={t('profile.sub')}>
      {me.mail_fails && <Alert severity="error" sx={{ mb: 4, overflowWrap: 'anywhere' }}>{t('profile.mailFails', { email: me.email, day: formatDay(me.mail_fails.since.slice(0, 10)), why: me.mail_fails.why })}</Alert>}
      <Section><ProfileForm key={me.name} name={me.name} email={me.email} role={me.role} /></Section>
      <Section title={t('profile.security')}>
        <Typography sx={{ color: 'text.secondary', mb: 3 }}>{t('profile.securityText')}</Typography>
        <Button variant="outlined" href={`${authHost()}/.ory/self-service/settings/browser?return_to=${encodeURIComponent(`${authHost()}/settings`)}`}>{t('profile.openSecurity')}</Button>
      </Section>
      {logs && <MyReminders />}
      <Sessions />
      <Held until={!sessions.isLoading && !calendars.isLoading}>
        {logs && <MyCalendars />}
        <Section title={t('profile.keys')}>
          <Typography sx={{ color: 'text.secondary', mb: 2 }}>{t('profile.keysText')}</Typography>
          <FormControlLabel
            control={<Switch checked={keys} onChange={(_, on) => { shortcuts.on = on; setKeys(on); }} />}
            label={t('profile.keysOn')}
          />
        </Section>
        <Leave agency={me.agency.name} />
      </Held>
    </SettingsPage>
  );
}

function Sessions() {
  const t = useT();
  const list = useMySessionsQuery();
  const [end] = useEndSessionMutation();
  const [endOthers] = useEndOtherSessionsMutation();
  const [asking, setAsking] = useState(false);
  const device = (s: Session) => {
    const { browser, system } = deviceOf(s.user_agent);
    return browser && system ? t('profile.on', { browser, system }) : browser || system || t('profile.unknownDevice');
  };
  const finish = async (s: Session) => {
    try {
      await end(s.id).unwrap();
      if (s.current) session.go('/');
      else toast(t('profile.ended'));
    } catch (e) {
      toast.failed(e);
    }
  };
  const columns: Column<Session>[] = [
    { key: 'device', header: t('profile.device'), width: 'minmax(0, 2fr)', cell: device },
    { key: 'ip', header: t('profile.address'), cell: (s) => s.ip, from: 'lg' },
    { key: 'began', header: t('profile.began'), width: 'minmax(0, 1.4fr)', cell: (s) => formatMoment(s.created_at), from: 'lg' },
    { key: 'seen', header: t('profile.lastSeen'), width: 'minmax(0, 1.4fr)', cell: (s) => (s.current ? <StatusChip label={t('profile.current')} tone="success" /> : formatAgo(s.last_seen_at)) },
  ];
  const others = (list.data?.items ?? []).some((s) => !s.current);
  return (
    <Section title={t('profile.sessions')} action={others && <Button color="error" onClick={() => setAsking(true)}>{t('profile.endOthers')}</Button>}>
      <Typography sx={{ color: 'text.secondary', mb: 3 }}>{t('profile.sessionsText')}</Typography>
      <DataTable
        label={t('profile.sessions')}
        rows={list.data?.items}
        columns={columns}
        getId={(s) => s.id}
        card={(s) => <CardRow title={device(s)} sub={s.ip} below={`${t('profile.began')} ${formatMoment(s.created_at)}`} state={s.current ? <StatusChip label={t('profile.current')} tone="success" /> : formatAgo(s.last_seen_at)} />}
        actionsWidth="96px"
        actions={(s) => <Button size="small" aria-label={t('profile.endOne', { device: device(s) })} onClick={() => void finish(s)}>{t('profile.end')}</Button>}
        error={list.error}
        onRetry={() => void list.refetch()}
        empty={<EmptyState title={t('profile.sessions')} />}
      />
      <ConfirmDialog
        open={asking}
        title={t('profile.endOthersTitle')}
        text={t('profile.endOthersText')}
        confirmLabel={t('profile.endOthers')}
        danger
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          await endOthers().unwrap();
          toast(t('profile.othersEnded'));
        }}
      />
    </Section>
  );
}

function Leave({ agency }: { agency: string }) {
  const t = useT();
  const [leave] = useLeaveAgencyMutation();
  const [asking, setAsking] = useState(false);
  return (
    <Section title={t('profile.leave')}>
      <Typography sx={{ color: 'text.secondary', mb: 3 }}>{t('profile.leaveText')}</Typography>
      <Button color="error" variant="outlined" onClick={() => setAsking(true)}>{t('profile.leave')}</Button>
      <ConfirmDialog
        open={asking}
        title={t('profile.leaveTitle', { agency })}
        text={t('profile.leaveText')}
        confirmLabel={t('profile.leaveConfirm')}
        danger
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          await leave().unwrap();
          session.go(`${authHost()}/agencies`);
        }}
      />
    </Section>
  );
}
