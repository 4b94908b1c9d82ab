import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import LinearProgress from '@mui/material/LinearProgress';
import ListItemButton from '@mui/material/ListItemButton';
import Typography from '@mui/material/Typography';
import DoneIcon from '@mui/icons-material/CheckCircleRounded';
import OpenIcon from '@mui/icons-material/RadioButtonUncheckedRounded';
import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import { useCommon } from '../../../shared/lib/i18n';
import { Section } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useChecklistQuery, useHideChecklistMutation, useLoadSampleMutation } from '../api';
import { useT } from '../locales/en';

const places = {
  set_up_agency: '/settings/agency', invite_people: '/settings/people', add_client: '/clients?new=1', create_project: '/projects?new=1', track_time: '/time?log=1', set_rates: '/rates', issue_invoice: '/invoices?new=1',
} as const;
const said = { none: 'start.sampleText', loading: 'start.sampleLoading', failed: 'start.sampleFailed', loaded: 'start.sampleDone' } as const;
const known = (key: string): key is keyof typeof places => key in places;

/** What a new agency does first. It goes when all is done or somebody hides it. */
export function Checklist({ agency }: { agency: string }) {
  const t = useT();
  const c = useCommon();
  const [waiting, setWaiting] = useState(false);
  const { data } = useChecklistQuery(undefined, { pollingInterval: waiting ? 2000 : 0 });
  const sample = data?.sample_state;
  useEffect(() => setWaiting(sample === 'loading'), [sample]);
  const [hide, hiding] = useHideChecklistMutation();
  const [load, loading] = useLoadSampleMutation();
  if (!data || data.hidden) return null;
  const steps = data.steps.filter((s) => known(s.key));
  const done = steps.filter((s) => s.done).length;
  if (done === steps.length) return null;
  const onHide = () =>
    hide(true).unwrap().then(() => toast(t('start.hidden'), { undo: () => void hide(false).unwrap().catch(toast.failed) }), toast.failed);
  const fresh = sample === 'none' && done <= 1;
  const asked = loading.isSuccess;
  return (
    <Section title={t('start.title', { name: agency })} action={<Button size="small" loading={hiding.isLoading} onClick={() => void onHide()}>{t('start.hide')}</Button>}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 3, mb: 2 }}>
        <LinearProgress variant="determinate" value={(done / steps.length) * 100} aria-label={t('start.progress', { done, total: steps.length })} sx={{ flex: 1, maxWidth: 320, height: 6, borderRadius: 1, bgcolor: 'action.selected' }} />
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('start.progress', { done, total: steps.length })}</Typography>
      </Box>
      <Box component="ol" sx={{ m: 0, p: 0, listStyle: 'none', display: 'grid', columnGap: 4, gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'repeat(2, minmax(0, 1fr))' } }}>
        {steps.map((s) => (
          <li key={s.key}>
            <ListItemButton component={Link} to={known(s.key) ? places[s.key] : '/'} sx={{ gap: 3, mx: -2, px: 2, borderRadius: 1, minHeight: 44 }}>
              {s.done ? <DoneIcon color="success" fontSize="small" titleAccess={t('start.done')} /> : <OpenIcon fontSize="small" sx={{ color: 'text.secondary' }} />}
              <Typography component="span" sx={{ color: s.done ? 'text.secondary' : 'text.primary', textDecoration: s.done ? 'line-through' : undefined }}>{known(s.key) ? t(`start.step.${s.key}`) : s.key}</Typography>
            </ListItemButton>
          </li>
        ))}
      </Box>
      {(fresh || asked || sample === 'loading' || sample === 'failed') && (
        <Alert
          severity={sample === 'failed' ? 'error' : 'info'}
          role="status"
          sx={{ mt: 3, alignItems: 'center' }}
          action={(sample === 'none' || sample === 'failed') && <Button size="small" color="inherit" loading={loading.isLoading} loadingIndicator={c('state.loading')} onClick={() => void load().unwrap().catch(toast.failed)}>{t(sample === 'failed' ? 'start.sampleAgain' : 'start.sample')}</Button>}
        >
          {t(said[data.sample_state])}
        </Alert>
      )}
    </Section>
  );
}
