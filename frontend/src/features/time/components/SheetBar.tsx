import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useTimesheetsOpenMutation, useTimesheetsRecallMutation, useTimesheetsSubmitMutation, type TimesheetPart } from '../../../shared/api/gen/time.gen';
import { daysBetween, formatDayShort, formatPeriod, formatWeekday, today } from '../../../shared/lib/dates';
import { formatDuration } from '../../../shared/lib/duration';
import { ConfirmDialog } from '../../../shared/ui/dialogs';
import { browserZone } from '../../../shared/lib/zones';
import { StatusChip } from '../../../shared/ui/small';
import { toast } from '../../../shared/ui/Toast';
import { tones } from '../model';
import { useT } from '../locales/en';
import { Standing } from './Standing';

/** Where what is handed in together stands, what is missing in it, and the next step. It is named where it is not just the week. */
export function SheetBar({ part: s, named }: { part: TimesheetPart; named: boolean }) {
  const t = useT();
  const [open] = useTimesheetsOpenMutation();
  const [submit, submitting] = useTimesheetsSubmitMutation();
  const [recall, recalling] = useTimesheetsRecallMutation();
  const [asking, setAsking] = useState(false);
  const name = formatPeriod(s.from, s.until);
  const missing = s.missing_days;
  const week = daysBetween(s.from, s.until) < 7;
  const said = (list: typeof missing) => ({
    time: formatDuration(list.reduce((sum, d) => sum + d.missing, 0)),
    days: list.length > 7 ? t('sheet.days', { count: list.length }) : list.map((d) => `${week ? formatWeekday(d.day) : formatDayShort(d.day)} ${formatDuration(d.missing)}`).join(', '),
  });
  // Nothing is missing yet today or later; whoever hands it in now is asked about those days as well.
  const now = today(browserZone());
  const over = missing.filter((d) => d.day < now);
  const of = named ? t('sheet.of', { time: formatDuration(s.seconds + s.filled), expected: formatDuration(s.expected) }) : '';
  const logged = over.length > 0 ? t('sheet.missing', said(over)) : s.missing === 0 && s.expected > 0 ? t('sheet.full') : '';
  const submitLabel = named ? t('sheet.submitNamed', { name }) : t('sheet.submit');
  const hand = async () => {
    // A week without any time is handed in like any other, once it is there.
    const sheet = s.id ? s : await open({ weekInput: { week: s.from } }).unwrap();
    const done = await submit({ id: sheet.id, 'If-Match': `"${sheet.version}"` }).unwrap();
    toast(named ? t('sheet.submittedNamed', { name }) : t('sheet.submitted'), { undo: () => recall({ id: done.id, 'If-Match': `"${done.version}"` }).unwrap().catch(toast.failed) });
  };
  const back = () => recall({ id: s.id, 'If-Match': `"${s.version}"` }).unwrap().then(() => toast(named ? t('sheet.recalledNamed', { name }) : t('sheet.recalled')), toast.failed);
  const takes = s.state === 'draft' || s.state === 'rejected';
  return (
    <Box role={named ? 'group' : undefined} aria-label={named ? name : undefined} sx={{ mb: 4 }}>
      {s.state === 'rejected' && s.reason && <Alert severity="warning" sx={{ mb: 3 }}>{t('sheet.reason', { reason: s.reason })}</Alert>}
      {s.exception_reason && <Alert severity="info" sx={{ mb: 3 }}>{t('sheet.exception', { reason: s.exception_reason })}</Alert>}
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 3, flexWrap: 'wrap' }}>
        {named && <Typography sx={{ fontWeight: 620 }}>{name}</Typography>}
        <StatusChip label={t(`state.${s.state}`)} tone={tones[s.state]} />
        <Typography variant="body2" sx={{ color: 'text.secondary', flex: 1, minWidth: 180 }}>
          {s.state === 'submitted' ? <Standing id={s.id} /> : [of, logged].filter(Boolean).join(' · ')}
        </Typography>
        {takes && <Button variant="outlined" loading={submitting.isLoading} onClick={() => (s.missing > 0 ? setAsking(true) : void hand().catch(toast.failed))}>{submitLabel}</Button>}
        {s.state === 'submitted' && <Button variant="outlined" loading={recalling.isLoading} aria-label={named ? t('sheet.recallNamed', { name }) : undefined} onClick={() => void back()}>{t('sheet.recall')}</Button>}
      </Box>
      <ConfirmDialog open={asking} title={t('sheet.submitTitle')} text={t('sheet.submitText', said(missing))} confirmLabel={submitLabel} onConfirm={hand} onClose={() => setAsking(false)} />
    </Box>
  );
}
