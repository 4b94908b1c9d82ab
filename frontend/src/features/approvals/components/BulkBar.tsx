import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { useT } from '../locales/en';

type Props = { count: number; all: number; busy: boolean; onApprove: () => void; onBack: () => void; onAll: () => void; onClear: () => void };

/** What can be done with the weeks that are chosen. It lies over the page's end, so that nothing moves when it comes. */
export function BulkBar({ count, all, busy, onApprove, onBack, onAll, onClear }: Props) {
  const t = useT();
  return (
    <Paper role="region" aria-label={t('bulk.label')} elevation={4} sx={{ position: 'fixed', zIndex: 'appBar', bottom: { xs: 72, sm: 16 }, left: { xs: 12, sm: '50%' }, right: { xs: 12, sm: 'auto' }, transform: { sm: 'translateX(-50%)' }, px: 4, py: 2 }}>
      <Box sx={{ display: 'flex', gap: 2, alignItems: 'center', flexWrap: 'wrap' }}>
        <Typography role="status" sx={{ fontWeight: 600, mr: 2 }}>{t('bulk.chosen', { count })}</Typography>
        {count < all && <Button size="small" onClick={onAll}>{t('selectAll')}</Button>}
        <Button size="small" onClick={onClear}>{t('bulk.clear')}</Button>
        <Button size="small" onClick={onBack}>{t('bulk.back', { count })}</Button>
        <Button size="small" variant="contained" loading={busy} onClick={onApprove}>{t('approveSelected', { count })}</Button>
      </Box>
    </Paper>
  );
}
