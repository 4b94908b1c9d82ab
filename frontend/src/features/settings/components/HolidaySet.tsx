import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import DeleteIcon from '@mui/icons-material/DeleteOutlineRounded';
import MoreIcon from '@mui/icons-material/MoreVertRounded';
import { useState } from 'react';
import { useHolidaySetsChangeMutation, useHolidaySetsRemoveMutation, type HolidaySetChange, type HolidaySetView, type HolidayView } from '../../../shared/api/gen/people.gen';
import { formatDayLong } from '../../../shared/lib/dates';
import { ActionMenu, ConfirmDialog } from '../../../shared/ui/dialogs';
import { later } from '../../../shared/ui/later';
import { StatusChip } from '../../../shared/ui/small';
import { Section } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locale';

const HolidayDialog = later(async () => (await import('./HolidayDialog')).HolidayDialog);

/** One set, with its days of a year. */
export function HolidaySet({ set, year, writes }: { set: HolidaySetView; year: number; writes: boolean }) {
  const t = useT();
  const [change] = useHolidaySetsChangeMutation();
  const [remove] = useHolidaySetsRemoveMutation();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [open, setOpen] = useState<'day' | 'remove' | null>(null);
  const days = set.days.filter((d) => d.day.startsWith(`${year}-`));
  const save = async (version: number, holidaySetChange: HolidaySetChange) => change({ id: set.id, 'If-Match': `"${version}"`, holidaySetChange }).unwrap();
  const act = async (c: HolidaySetChange, done: string) => {
    try {
      await save(set.version, c);
      toast(done);
    } catch (e) {
      toast.failed(e);
    }
  };
  const fill = () => act({ fill_year: year }, t('holidays.filled', { year }));
  const drop = async (d: HolidayView) => {
    try {
      const after = await save(set.version, { days: set.days.filter((x) => x.day !== d.day) });
      toast(t('holidays.dropped', { name: d.name }), { undo: () => void save(after.version, { days: [...after.days, d] }).catch(toast.failed) });
    } catch (e) {
      toast.failed(e);
    }
  };
  const actions = [
    ...(set.region ? [{ label: t('holidays.fill', { year }), run: () => void fill() }] : []),
    ...(set.is_default ? [] : [{ label: t('holidays.makeDefault'), run: () => void act({ is_default: true }, t('holidays.saved')) }]),
    { label: t('holidays.remove'), run: () => setOpen('remove') },
  ];
  return (
    <Section
      pad={false}
      title={set.name}
      action={writes && (
        <Box sx={{ display: 'flex', gap: 1 }}>
          <Button size="small" onClick={() => setOpen('day')} aria-label={t('holidays.addDayTo', { name: set.name })}>{t('holidays.addDay')}</Button>
          <IconButton aria-label={t('people.actionsFor', { name: set.name })} aria-haspopup="menu" onClick={(e) => setAnchor(e.currentTarget)}><MoreIcon fontSize="small" /></IconButton>
        </Box>
      )}
    >
      {set.is_default && <Box sx={{ px: 4, pb: 2 }}><StatusChip label={t('holidays.default')} tone="brand" /></Box>}
      {days.length === 0 ? (
        <Box sx={{ px: 4, pb: 4, display: 'flex', gap: 3, alignItems: 'center', flexWrap: 'wrap' }}>
          <Typography sx={{ color: 'text.secondary' }}>{t('holidays.none', { year })}</Typography>
          {writes && set.region && <Button variant="outlined" size="small" onClick={() => void fill()}>{t('holidays.fill', { year })}</Button>}
        </Box>
      ) : (
        <Box component="ul" aria-label={t('holidays.listOf', { name: set.name, year })} sx={{ m: 0, p: 0, listStyle: 'none', '& > li': { borderTop: 1, borderColor: 'divider' } }}>
          {days.map((d) => (
            <Box component="li" key={d.day} sx={{ display: 'flex', alignItems: 'center', gap: 3, px: 4, minHeight: 44 }}>
              <Box sx={{ flex: 1, minWidth: 0, display: 'flex', columnGap: 3, flexWrap: 'wrap', py: 1 }}>
                <Box component="span" sx={{ width: { sm: 220 }, color: 'text.secondary' }}>{formatDayLong(d.day)}</Box>
                <Box component="span">{d.name}</Box>
              </Box>
              {d.half && <StatusChip label={t('holidays.half')} />}
              {writes && <IconButton size="small" aria-label={t('holidays.drop', { name: d.name, day: formatDayLong(d.day) })} onClick={() => void drop(d)}><DeleteIcon fontSize="small" /></IconButton>}
            </Box>
          ))}
        </Box>
      )}
      <ActionMenu open={anchor !== null} anchor={anchor} onClose={() => setAnchor(null)} actions={actions} />
      {open === 'day' && <HolidayDialog set={set} year={year} onClose={() => setOpen(null)} />}
      <ConfirmDialog open={open === 'remove'} danger title={t('holidays.removeTitle', { name: set.name })} text={t('holidays.removeText')} confirmLabel={t('holidays.remove')} onClose={() => setOpen(null)} onConfirm={async () => { await remove({ id: set.id }).unwrap(); toast(t('holidays.removed')); }} />
    </Section>
  );
}
