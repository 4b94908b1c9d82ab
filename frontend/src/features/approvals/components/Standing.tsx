import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { TimesheetDetail } from '../../../shared/api/gen/time.gen';
import { formatMoment } from '../../../shared/lib/dates';
import { useMe } from '../../../shared/lib/me';
import { StatusChip } from '../../../shared/ui/small';
import { useNames } from '../model';
import { useT } from '../locales/en';

/** Whom the lines of a week wait for, and what was decided about it before. */
export function Standing({ detail }: { detail: TimesheetDetail }) {
  const t = useT();
  const nameOf = useNames();
  const zone = useMe()?.agency.time_zone;
  const waiting = detail.waiting.filter((w) => w.member_id);
  if (waiting.length === 0 && detail.decisions.length === 0) return null;
  return (
    <Box sx={{ px: 4, py: 3, borderBottom: 1, borderColor: 'divider', display: 'grid', gap: 1 }}>
      {waiting.length > 0 && (
        <Box sx={{ display: 'flex', gap: 2, flexWrap: 'wrap' }}>
          {waiting.map((w) => <StatusChip key={`${w.step} ${w.member_id}`} tone="brand" label={t(`standing.waits.${w.step}`, { name: nameOf(w.member_id ?? '', t('someone')), count: w.lines })} />)}
        </Box>
      )}
      {detail.decisions.map((d) => (
        <Typography key={d.decided_at} variant="body2" sx={{ color: 'text.secondary' }}>
          {t(`standing.${d.decision}`, { name: nameOf(d.decided_by ?? '', t('someone')), at: formatMoment(d.decided_at, zone), count: d.lines })}
          {d.in_place_of && ` ${t('standing.inPlaceOf', { name: nameOf(d.in_place_of, t('someone')) })}`}
        </Typography>
      ))}
    </Box>
  );
}
