import Badge from '@mui/material/Badge';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import IconButton from '@mui/material/IconButton';
import TuneIcon from '@mui/icons-material/TuneRounded';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { formatDay } from '../lib/dates';
import { useCommon } from '../lib/i18n';
import type { Filter } from './filters';

const BottomSheet = lazy(async () => ({ default: (await import('./sheet')).BottomSheet }));

type Props = { search: ReactNode; filters: Filter[]; fields: ReactNode[]; end: ReactNode; clear: () => void };

/** Search, a button with the number of filters, what they are set to as chips, and the sheet to set them. */
export function PhoneFilters({ search, filters, fields, end, clear }: Props) {
  const t = useCommon();
  const [open, setOpen] = useState(false);
  const active = filters.filter((f) => f.value !== '');
  return (
    <Box sx={{ mb: 3 }}>
      <Box sx={{ display: 'flex', gap: 2 }}>
        {search}
        {filters.length > 0 && (
          <IconButton aria-label={t('action.filters')} onClick={() => setOpen(true)} sx={{ border: 1, borderColor: 'divider', borderRadius: 1, flexShrink: 0 }}>
            <Badge color="primary" badgeContent={active.length}><TuneIcon fontSize="small" /></Badge>
          </IconButton>
        )}
        {end}
      </Box>
      {active.length > 0 && (
        <Box sx={{ display: 'flex', gap: 2, flexWrap: 'wrap', mt: 2 }}>
          {active.map((f) => <Chip key={f.key} label={`${f.label}: ${f.kind === 'date' ? formatDay(f.value) : (f.options.find((o) => o.value === f.value)?.label ?? f.value)}`} onDelete={() => f.onChange('')} />)}
        </Box>
      )}
      {open && (
        <Suspense fallback={null}>
          <BottomSheet open title={t('action.filters')} onClose={() => setOpen(false)} footer={<>{active.length > 0 && <Button onClick={clear}>{t('action.clear')}</Button>}<Button variant="contained" fullWidth onClick={() => setOpen(false)}>{t('action.apply')}</Button></>}>
            <Box sx={{ display: 'flex', flexDirection: 'column', gap: 4 }}>{fields}</Box>
          </BottomSheet>
        </Suspense>
      )}
    </Box>
  );
}

