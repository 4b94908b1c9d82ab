import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useTimesheetsGetQuery } from '../../../shared/api/gen/time.gen';
import { formatDayShort, formatWeekday } from '../../../shared/lib/dates';
import { formatDuration } from '../../../shared/lib/duration';
import { clockOf } from '../../../shared/lib/zones';
import { Duration, Money, StatusChip } from '../../../shared/ui/small';
import { ErrorState, SkeletonRows } from '../../../shared/ui/states';
import { byDay } from '../model';
import { useT } from '../locales/en';
import { Standing } from './Standing';

/** What a week holds, day by day, and whom it waits for. Lines can be picked, approved and sent back alone. */
type Props = { id: string; label: string; onBack?: (entryIds: string[]) => void; onApprove?: (entryIds: string[]) => void };

export function Lines({ id, label, onBack, onApprove }: Props) {
  const t = useT();
  const sheet = useTimesheetsGetQuery({ id });
  const [picked, setPicked] = useState<string[]>([]);
  if (sheet.error && !sheet.data) return <ErrorState error={sheet.error} onRetry={() => void sheet.refetch()} />;
  if (!sheet.data) return <SkeletonRows label={label} rows={4} rowHeight={36} />;
  const yours = picked.filter((e) => sheet.data?.yours.includes(e));
  return (
    <Box sx={{ borderTop: 1, borderColor: 'divider', bgcolor: 'background.default' }}>
      <Standing detail={sheet.data} />
      <Box component="ul" aria-label={label} sx={{ m: 0, p: 0, listStyle: 'none' }}>
        {byDay(sheet.data.entries).map(([day, entries]) => entries.map((e, i) => (
          <Box component="li" key={e.id} sx={{ display: 'flex', alignItems: 'center', columnGap: 3, rowGap: 0, px: { xs: 1, sm: 4 }, pr: { xs: 3, sm: 4 }, py: 1.5, borderBottom: 1, borderColor: 'divider', }}>
            <Box sx={{ width: { xs: 44, sm: 36 }, flexShrink: 0, visibility: onBack && e.state === 'submitted' ? 'visible' : 'hidden' }}>
              <Checkbox size="small" checked={picked.includes(e.id)} onChange={(_, on) => setPicked((p) => (on ? [...p, e.id] : p.filter((x) => x !== e.id)))} slotProps={{ input: { 'aria-label': t('select', { what: `${formatDayShort(day)}, ${e.project_name}` }) } }} />
            </Box>
            <Box sx={{ width: 84, color: 'text.secondary', fontSize: 13, visibility: i === 0 ? 'visible' : 'hidden', display: { xs: 'none', sm: 'block' } }}>{formatWeekday(day)} {formatDayShort(day)}</Box>
            <Box sx={{ flex: 1, minWidth: 0 }}>
              <Typography variant="caption" component="p" sx={{ color: 'text.secondary', display: { sm: 'none' } }}>{formatWeekday(day)} {formatDayShort(day)}</Typography>
              <Typography noWrap>{[e.project_name, e.task_name].filter(Boolean).join(' · ')}</Typography>
              {e.note && <Typography variant="body2" className="said" sx={{ color: 'text.secondary' }}>{e.note}</Typography>}
              {e.reject_reason && <Typography variant="body2" sx={{ color: 'error.main' }}>{e.reject_reason}</Typography>}
            </Box>
            {e.state === 'rejected' && <StatusChip label={t('sent')} tone="danger" />}
            {!e.billable && <StatusChip label={t('notBillable')} />}
            {e.started_at && e.ended_at && <Typography variant="body2" sx={{ color: 'text.secondary', whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums', display: { xs: 'none', sm: 'block' } }}>{clockOf(e.started_at, e.zone)} – {clockOf(e.ended_at, e.zone)}</Typography>}
            {e.amount && <Box sx={{ color: 'text.secondary', minWidth: 88, textAlign: 'end', display: { xs: 'none', md: 'block' } }}><Money value={e.amount} /></Box>}
            <Box sx={{ minWidth: 48, textAlign: 'end' }}>
              <Box sx={{ fontWeight: 600 }}><Duration seconds={e.seconds} /></Box>
              {e.billable && e.billed_seconds !== e.seconds && <Typography variant="caption" component="p" sx={{ color: 'text.secondary', whiteSpace: 'nowrap' }}>{t('billedAs', { time: formatDuration(e.billed_seconds) })}</Typography>}
            </Box>
          </Box>
        )))}
      </Box>
      {onBack && picked.length > 0 && (
        <Box sx={{ px: 4, py: 3, display: 'flex', gap: 2, flexWrap: 'wrap' }}>
          {onApprove && yours.length > 0 && <Button variant="outlined" onClick={() => { onApprove(yours); setPicked([]); }}>{t('approveLines', { count: yours.length })}</Button>}
          <Button color="error" variant="outlined" onClick={() => onBack(picked)}>{t('backLines', { count: picked.length })}</Button>
        </Box>
      )}
    </Box>
  );
}
