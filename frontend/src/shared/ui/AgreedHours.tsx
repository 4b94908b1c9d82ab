import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { Link } from 'react-router';
import { useRateMultipliersListQuery, type RateMultipliersView } from '../api/gen/rates.gen';
import { today } from '../lib/dates';
import { registerLocale } from '../lib/i18n';
import { useMe } from '../lib/me';
import { Section } from './states';

const useT = registerLocale('agreed-hours', {
  title: 'After hours and weekends', change: 'Multipliers', none: 'Nothing is agreed: every hour counts once.',
  own: { agency: 'As the agency agrees usually', client: 'As agreed with the client', project: 'As agreed for the project' },
  clock: '{{whose}}, by the clock of {{zone}}.',
  kinds: { after_hours: 'After hours × {{factor}}', saturday: 'Saturday × {{factor}}', sunday: 'Sunday × {{factor}}', holiday: 'Public holiday × {{factor}}' },
});

const kinds = ['after_hours', 'saturday', 'sunday', 'holiday'] as const;
const levels = ['project', 'client', 'agency'] as const;

type Props = { clientId: string; projectId?: string };

/** The multipliers that hold today: a project's go before its client's, and those before the agency's. */
function inForce(all: RateMultipliersView[], { clientId, projectId }: Props, day: string): RateMultipliersView | undefined {
  const mine = all.filter((m) => m.valid_from <= day && (m.valid_to === null || m.valid_to > day) && (m.level === 'agency' || (projectId !== undefined && m.project_id === projectId) || m.client_id === clientId));
  return levels.map((l) => mine.find((m) => m.level === l)).find(Boolean);
}

/** What hours outside business count as for a client or a project, and where to change it. */
export function AgreedHours(p: Props) {
  const t = useT();
  const day = today(useMe()?.agency.time_zone);
  const { data } = useRateMultipliersListQuery({});
  const m = data && inForce(data.items, p, day);
  const to = p.projectId ? `project=${p.projectId}` : `client=${p.clientId}`;
  return (
    <Section title={t('title')} action={<Button size="small" component={Link} to={`/rates?tab=multipliers&${to}`}>{t('change')}</Button>}>
      <Box sx={{ minHeight: { xs: 72, sm: 48 } }}>
        {m && <Typography>{kinds.map((k) => t(`kinds.${k}`, { factor: m[k] })).join(' · ')}</Typography>}
        {data && <Typography variant="body2" sx={{ color: 'text.secondary' }}>{m ? t('clock', { whose: t(`own.${m.level}`), zone: m.zone.replaceAll('_', ' ') }) : t('none')}</Typography>}
      </Box>
    </Section>
  );
}
