import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import EditIcon from '@mui/icons-material/EditOutlined';
import HideIcon from '@mui/icons-material/CloseRounded';
import { useState } from 'react';
import type { TimeSuggestionView } from '../../../shared/api/gen/time.gen';
import { formatDayShort, formatWeekday } from '../../../shared/lib/dates';
import { browserZone, clockOf } from '../../../shared/lib/zones';
import { Duration } from '../../../shared/ui/small';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locales/en';
import { workName } from '../model';
import { nameOf, useSuggestions } from '../suggestions';

const workOf = (w: NonNullable<TimeSuggestionView['work']>): string => [w.client_name, workName(w)].filter(Boolean).join(' · ');

type Props = { event: TimeSuggestionView; many: boolean; chosen: boolean; oneDay: boolean; onChoose: (on: boolean) => void; onPick: () => void };

/** One event or booking. Where its work is known from before, one click adds it; where not, one chooses it first. */
export function SuggestionRow({ event: s, many, chosen, oneDay, onChoose, onPick }: Props) {
  const t = useT();
  const { add, hide, show } = useSuggestions();
  const [busy, setBusy] = useState(false);
  const zone = browserZone();
  const what = nameOf(s, t('suggest.untitled'));
  const when = s.started_at && s.ended_at ? `${clockOf(s.started_at, zone)} – ${clockOf(s.ended_at, zone)}` : t('suggest.booked');
  const at = oneDay ? when : `${formatWeekday(s.day)} ${formatDayShort(s.day)}${s.started_at ? ' ' : ', '}${when}`;
  const named = `${what}, ${at}`;
  const take = async () => {
    setBusy(true);
    try {
      await add([s]);
    } catch (e) {
      toast.failed(e);
      setBusy(false);
    }
  };
  return (
    <Box component="li" sx={{ display: 'flex', flexWrap: { xs: 'wrap', sm: 'nowrap' }, alignItems: 'center', columnGap: 3, px: 4, py: 2, minHeight: 64 }}>
      {many && (s.hidden ? <Box sx={{ width: 30, flexShrink: 0, display: { xs: 'none', sm: 'block' } }} /> : (
        <Checkbox size="small" checked={chosen} onChange={(_, on) => onChoose(on)} slotProps={{ input: { 'aria-label': t('suggest.one', { what: named }) } }} sx={{ ml: -2, mr: -1 }} />
      ))}
      <Box sx={{ flex: 1, minWidth: 0 }}>
        <Typography noWrap title={what} sx={{ fontWeight: 560, color: s.hidden ? 'text.secondary' : undefined }}>{what}</Typography>
        <Typography variant="body2" noWrap sx={{ color: 'text.secondary', fontVariantNumeric: 'tabular-nums' }}>{at}</Typography>
      </Box>
      <Typography sx={{ fontWeight: 620, textAlign: 'end', minWidth: 48, order: { xs: 1, sm: 2 } }}><Duration seconds={s.seconds} /></Typography>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, minWidth: 0, order: { xs: 2, sm: 3 }, width: { xs: '100%', sm: 'auto' }, flexBasis: { sm: '46%' }, justifyContent: 'flex-end' }}>
        {s.work && <Typography variant="body2" noWrap title={workOf(s.work)} sx={{ flex: 1, minWidth: 0, textAlign: { sm: 'end' } }}>{workOf(s.work)}</Typography>}
        {!s.work && <Box sx={{ flex: 1 }} />}
        {s.hidden ? (
          <Button size="small" aria-label={t('suggest.showOne', { what: named })} onClick={() => show([s])}>{t('suggest.show')}</Button>
        ) : s.work ? (
          <>
            <IconButton size="small" aria-label={t('suggest.other', { what: named })} onClick={onPick}><EditIcon fontSize="small" /></IconButton>
            <Button size="small" variant="outlined" loading={busy} aria-label={t('suggest.addOne', { what: named, work: workName(s.work) })} onClick={() => void take()}>{t('suggest.add')}</Button>
          </>
        ) : (
          <Button size="small" variant="outlined" aria-haspopup="dialog" aria-label={t('suggest.pickOne', { what: named })} onClick={onPick}>{t('suggest.pick')}</Button>
        )}
        {!s.hidden && <IconButton size="small" aria-label={t('suggest.hide', { what: named })} onClick={() => void hide([s])}><HideIcon fontSize="small" /></IconButton>}
      </Box>
    </Box>
  );
}
