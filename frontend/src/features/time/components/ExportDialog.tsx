import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import FormControlLabel from '@mui/material/FormControlLabel';
import Switch from '@mui/material/Switch';
import { useState } from 'react';
import type { Day } from '../../../shared/lib/dates';
import { useCan, useMe } from '../../../shared/lib/me';
import { DialogHead } from '../../../shared/ui/DialogHead';
import { TextInput } from '../../../shared/ui/TextInput';
import { useT } from '../locales/en';

/** Entries line by line as a file. What somebody may not see is not in theirs: the server makes it. */
export function ExportDialog({ from: first, to: last, onClose }: { from: Day; to: Day; onClose: () => void }) {
  const t = useT();
  const me = useMe();
  const all = useCan()('timesheets.entries.read_all');
  const [from, setFrom] = useState(first);
  const [to, setTo] = useState(last);
  const [everybody, setEverybody] = useState(false);
  const wrong = !from || !to || from > to;
  const query = new URLSearchParams({ from, to, ...(!everybody && me && { member_id: me.member_id }) }).toString();
  const file = (format: 'csv' | 'xlsx') => ({ component: 'a', href: `/api/v1/time-entries/export.${format}?${query}`, download: `time-${from}-${to}.${format}`, disabled: wrong, onClick: onClose } as const);
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="xs" aria-labelledby="export-title">
      <DialogHead id="export-title" title={t('export.title')} onClose={onClose} />
      <DialogContent>
        <Box sx={{ display: 'grid', gap: 4, pt: 1 }}>
          <Box sx={{ display: 'grid', gridTemplateColumns: '1fr 1fr', gap: 3 }}>
            <TextInput type="date" label={t('export.from')} value={from} onChange={(e) => setFrom(e.target.value)} slotProps={{ inputLabel: { shrink: true } }} />
            <TextInput type="date" label={t('export.to')} value={to} onChange={(e) => setTo(e.target.value)} slotProps={{ inputLabel: { shrink: true } }} error={wrong} helperText={wrong ? t('export.wrong') : undefined} />
          </Box>
          {all && <FormControlLabel control={<Switch checked={everybody} onChange={(_, on) => setEverybody(on)} />} label={t('export.everybody')} />}
        </Box>
      </DialogContent>
      <DialogActions>
        <Button {...file('csv')}>{t('export.csv')}</Button>
        <Button variant="contained" {...file('xlsx')}>{t('export.xlsx')}</Button>
      </DialogActions>
    </Dialog>
  );
}
