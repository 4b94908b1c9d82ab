import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import MuiLink from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { Link } from 'react-router';
import { useStaff } from '../../../shared/api/members';
import { useLegalEntitiesListQuery, type LegalEntityView } from '../../../shared/api/gen/invoices.gen';
import { useTimeRemindersGetQuery, useTimeSettingsGetQuery, type TimeSettingsView } from '../../../shared/api/gen/time.gen';
import { formatDay, formatMoment } from '../../../shared/lib/dates';
import { useCan } from '../../../shared/lib/me';
import { later } from '../../../shared/ui/later';
import { ErrorState, Section, SkeletonPage } from '../../../shared/ui/states';
import { SettingsPage } from '../components/SettingsPage';
import { useT } from '../locale';

const TimeRulesForm = later(async () => (await import('../components/TimeRulesForm')).TimeRulesForm, <Box aria-busy="true" sx={{ height: 700 }} />);
const RemindersForm = later(async () => (await import('../components/RemindersForm')).RemindersForm, <Box aria-busy="true" sx={{ height: 200 }} />);
const ProjectRoutes = later(async () => (await import('../components/ProjectRoutes')).ProjectRoutes, <Box aria-busy="true" sx={{ height: 130 }} />);
const LockDialog = later(async () => (await import('../components/LockDialog')).LockDialog);

const none: LegalEntityView[] = [];

/** The agency's rules for time: closed periods, rounding, overlaps, and what is fixed. */
export function TimePage() {
  const t = useT();
  const settings = useTimeSettingsGetQuery();
  return (
    <SettingsPage title={t('time.title')} sub={t('time.sub')}>
      {settings.data ? <Filled settings={settings.data} /> : settings.error ? <ErrorState error={settings.error} onRetry={() => void settings.refetch()} /> : <SkeletonPage />}
    </SettingsPage>
  );
}

function Reminders({ writes }: { writes: boolean }) {
  const reminders = useTimeRemindersGetQuery();
  if (reminders.data) return <RemindersForm reminders={reminders.data} writes={writes} />;
  return reminders.error ? <ErrorState error={reminders.error} onRetry={() => void reminders.refetch()} /> : <Box aria-busy="true" sx={{ height: 200 }} />;
}

/** What is closed besides, for the time that a legal entity invoices. */
function EntityLocks({ settings, entities }: { settings: TimeSettingsView; entities: LegalEntityView[] }) {
  const t = useT();
  const { nameOf } = useStaff();
  return settings.entity_locks.map((l) => (
    <Typography key={l.entity_id} variant="body2">
      {t('time.lockedEntity', { name: entities.find((e) => e.id === l.entity_id)?.name ?? t('time.anEntity'), day: formatDay(l.through) })}
      {l.closed_itself && ` ${t('time.entityItself')}`}
      {l.locked_at && nameOf(l.locked_by) && ` ${t('time.lockedBy', { name: nameOf(l.locked_by), at: formatMoment(l.locked_at) })}`}
    </Typography>
  ));
}

function Filled({ settings }: { settings: TimeSettingsView }) {
  const t = useT();
  const writes = useCan()('agency.settings.write');
  const [locking, setLocking] = useState(false);
  const { nameOf } = useStaff();
  const named = useCan()('invoicing.settings.read');
  const entities = useLegalEntitiesListQuery(undefined, { skip: !named }).data?.items ?? none;
  const through = settings.locked_through;
  const by = nameOf(settings.locked_by);
  return (
    <Box sx={{ maxWidth: 640 }}>
      {!writes && <Alert severity="info" sx={{ mb: 4 }}>{t('agency.readOnly')}</Alert>}
      <Section title={t('time.period')} action={writes && <Button variant="outlined" onClick={() => setLocking(true)}>{t(through ? 'time.lockChange' : 'time.lock')}</Button>}>
        <Typography sx={{ fontWeight: 560 }}>{through ? t('time.locked', { day: formatDay(through) }) : t('time.unlocked')}</Typography>
        {settings.closed_itself && <Typography variant="body2">{t('time.closedItself')}</Typography>}
        {by && settings.locked_at && <Typography variant="body2">{t('time.lockedBy', { name: by, at: formatMoment(settings.locked_at) })}</Typography>}
        <EntityLocks settings={settings} entities={entities} />
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('time.periodText')}</Typography>
      </Section>
      <TimeRulesForm settings={settings} entities={entities} writes={writes} />
      <Box sx={{ mt: 6 }}>
        <Box sx={{ mb: 6 }}><Reminders writes={writes} /></Box>
        {writes && <ProjectRoutes />}
        <Section title={t('time.fixed')}>
          <Box component="ul" sx={{ m: 0, pl: 5, display: 'grid', gap: 2 }}>
            <li>{t('time.midnight')}</li>
            <li>{t('time.clocks')}</li>
            <li>{t('time.week')} <MuiLink component={Link} to="/settings/agency">{t('nav.agency')}</MuiLink></li>
          </Box>
        </Section>
      </Box>
      {locking && <LockDialog settings={settings} onClose={() => setLocking(false)} />}
    </Box>
  );
}
