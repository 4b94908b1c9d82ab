import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { Link } from 'react-router';
import { formatWeekday, startOfWeek, today } from '../../../shared/lib/dates';
import { formatDuration } from '../../../shared/lib/duration';
import { StatusChip, type Tone } from '../../../shared/ui/small';
import { ErrorState, Late, Section } from '../../../shared/ui/states';
import { useStartWeekQuery, type Week as WeekData } from '../api';
import { useT } from '../locales/en';

const tones: Record<WeekData['timesheets'][number]['state'], Tone> = { draft: 'neutral', submitted: 'brand', approved: 'success', rejected: 'danger' };

export function Week({ zone, start }: { zone: string; start: string }) {
  const t = useT();
  const first = startOfWeek(today(zone), start);
  const { data, error, refetch } = useStartWeekQuery(first);
  return (
    <Section title={t('week.title')} action={<Button component={Link} to="/time" size="small">{t('week.open')}</Button>}>
      <Box sx={{ minHeight: 164 }}>
        {!data && (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <Box role="status" aria-busy="true" aria-label={t('week.title')}><Late><Skeleton height={40} width={160} /><Skeleton variant="rounded" height={104} /></Late></Box>)}
        {data && <Filled week={data} day={today(zone)} />}
      </Box>
    </Section>
  );
}

function Filled({ week, day }: { week: WeekData; day: string }) {
  const t = useT();
  const state = week.timesheets.find((s) => s.from <= day && day <= s.until)?.state;
  // A little air above the highest day, so that the line of what is expected is seen.
  const highest = 1.1 * Math.max(8 * 3600, ...week.days.map((d) => Math.max(d.seconds, d.expected)));
  const left = week.expected - week.filled - week.seconds;
  return (
    <>
      <Box sx={{ display: 'flex', alignItems: 'baseline', gap: 2, flexWrap: 'wrap', mb: 3 }}>
        <Typography component="p" variant="h4" sx={{ fontVariantNumeric: 'tabular-nums' }}>{formatDuration(week.seconds)}</Typography>
        <Typography sx={{ color: 'text.secondary', flex: 1 }}>
          {week.expected > 0 ? `${t('week.of', { expected: formatDuration(week.expected) })} · ${left > 0 ? t('week.left', { left: formatDuration(left) }) : t('week.done')}` : t('week.none')}
        </Typography>
        {state && <StatusChip label={t(`week.state.${state}`)} tone={tones[state]} />}
      </Box>
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gridTemplateColumns: 'repeat(7, minmax(0, 1fr))', gap: 2 }}>
        {week.days.map((d) => (
          <Box component="li" key={d.day} aria-label={t('week.day', { day: formatWeekday(d.day), logged: formatDuration(d.seconds), expected: formatDuration(d.expected) })} sx={{ textAlign: 'center' }}>
            <Box aria-hidden sx={{ height: 64, position: 'relative', borderRadius: 0.5, bgcolor: 'action.hover', overflow: 'hidden', mb: 1 }}>
              {d.expected > 0 && <Box sx={{ position: 'absolute', insetInline: 0, bottom: `${(d.expected / highest) * 100}%`, borderTop: '1px dashed', borderColor: 'text.secondary' }} />}
              <Box sx={{ position: 'absolute', insetInline: 0, bottom: 0, height: `${(d.seconds / highest) * 100}%`, bgcolor: 'primary.main' }} />
            </Box>
            <Typography variant="caption" component="div" aria-hidden sx={{ color: 'text.secondary' }}>{formatWeekday(d.day)}</Typography>
            <Typography variant="caption" component="div" aria-hidden sx={{ fontVariantNumeric: 'tabular-nums', fontWeight: d.seconds > 0 ? 600 : 400 }}>{d.seconds > 0 ? formatDuration(d.seconds) : '–'}</Typography>
          </Box>
        ))}
      </Box>
    </>
  );
}
