import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useCan } from '../../../shared/lib/me';
import { FileDrop } from '../../../shared/ui/FileDrop';
import { ErrorState, Section, SkeletonPage } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { later } from '../../../shared/ui/later';
import { useAgencySettingsQuery, useRemoveLogoMutation, useSetLogoMutation, type Settings } from '../api';
import { SettingsPage } from '../components/SettingsPage';
import { useT } from '../locale';

const AgencyForm = later(async () => (await import('../components/AgencyForm')).AgencyForm, <SkeletonPage />);

export function AgencyPage() {
  const t = useT();
  const settings = useAgencySettingsQuery();
  return (
    <SettingsPage title={t('agency.title')} sub={t('agency.sub')}>
      {settings.data ? <Filled settings={settings.data} /> : settings.error ? <ErrorState error={settings.error} onRetry={() => void settings.refetch()} /> : <SkeletonPage />}
    </SettingsPage>
  );
}

function Filled({ settings }: { settings: Settings }) {
  const t = useT();
  const writes = useCan()('agency.settings.write');
  return (
    <>
      {!writes && <Alert severity="info" sx={{ mb: 4 }}>{t('agency.readOnly')}</Alert>}
      <Logo settings={settings} writes={writes} />
      <AgencyForm settings={settings} writes={writes} />
    </>
  );
}

function Logo({ settings, writes }: { settings: Settings; writes: boolean }) {
  const t = useT();
  const [set, setting] = useSetLogoMutation();
  const [remove, removing] = useRemoveLogoMutation();
  return (
    <Box sx={{ maxWidth: 640 }}>
    <Section title={t('agency.logo')}>
      <Box sx={{ display: 'grid', gap: 3 }}>
        {settings.logo_url && (
          <Box sx={{ display: 'flex', gap: 4, alignItems: 'center', flexWrap: 'wrap' }}>
            <Box component="img" src={settings.logo_url} alt={t('agency.logoAlt', { name: settings.name })} sx={{ maxHeight: 64, maxWidth: 220, objectFit: 'contain' }} />
            {writes && (
              <Button
                loading={removing.isLoading}
                onClick={() => void remove().unwrap().then(() => toast(t('agency.logoRemoved'))).catch(toast.failed)}
              >
                {t('agency.logoRemove')}
              </Button>
            )}
          </Box>
        )}
        {writes && (
          <FileDrop
            label={t('agency.logoUpload')}
            accept="image/png,image/jpeg,image/webp"
            maxBytes={2 * 1024 * 1024}
            busy={setting.isLoading}
            onFile={(f) => void set(f).unwrap().then(() => toast(t('agency.logoSaved'))).catch(toast.failed)}
          />
        )}
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('agency.logoHelp')}</Typography>
      </Box>
    </Section>
    </Box>
  );
}
