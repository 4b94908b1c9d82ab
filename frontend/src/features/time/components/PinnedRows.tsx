import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import PinnedIcon from '@mui/icons-material/PushPinRounded';
import type { TimeGrid, TimeGridRow } from '../../../shared/api/gen/time.gen';
import type { Day } from '../../../shared/lib/dates';
import { useT } from '../locales/en';
import { keyOf, rowName } from '../model';

/** The pinned rows that have no time on this day yet: one tap logs on one. */
export function PinnedRows({ grid, day, onRow }: { grid: TimeGrid; day: Day; onRow: (r: TimeGridRow) => void }) {
  const t = useT();
  const free = grid.rows.filter((r) => r.pinned && r.cells.some((c) => c.day === day && c.entries === 0 && c.editable));
  if (free.length === 0) return null;
  return (
    <Box role="group" aria-label={t('grid.pins')} sx={{ display: 'flex', gap: 2, flexWrap: 'wrap', mb: 4 }}>
      {free.map((r) => (
        <Button key={keyOf(r)} size="small" variant="outlined" color="inherit" startIcon={<PinnedIcon sx={{ fontSize: 16 }} />} aria-label={t('grid.logOn', { work: rowName(r) })} onClick={() => onRow(r)} sx={{ borderColor: 'divider', maxWidth: '100%' }}>
          <Box component="span" sx={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{rowName(r)}</Box>
        </Button>
      ))}
    </Box>
  );
}
