import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import { useId, type ReactNode } from 'react';
import { DialogHead } from './DialogHead';

type SheetProps = { open: boolean; title: string; onClose: () => void; children: ReactNode; footer?: ReactNode };

// The width is the style sheet's affair, so that a phone that is turned keeps what was typed.
const rise = {
  '& .MuiDialog-container': { alignItems: { xs: 'flex-end', sm: 'center' } },
  '@keyframes rise': { from: { transform: 'translateY(100%)' } },
};
const paper = {
  m: { xs: 0, sm: 8 }, width: { xs: '100%', sm: 'calc(100% - 64px)' }, maxWidth: { xs: '100%', sm: 444 }, maxHeight: { xs: '90dvh', sm: 'calc(100% - 64px)' },
  borderRadius: { xs: '16px 16px 0 0', sm: 1 },
  '@media (max-width: 599.95px) and (prefers-reduced-motion: no-preference)': { animation: 'rise 225ms ease-out' },
};

/** Rises from the bottom on phones; a plain dialog elsewhere. */
export function BottomSheet({ open, title, onClose, children, footer }: SheetProps) {
  const id = useId();
  return (
    <Dialog open={open} onClose={onClose} fullWidth maxWidth="xs" aria-labelledby={id} sx={rise} slotProps={{ paper: { sx: paper } }}>
      <DialogHead id={id} title={title} onClose={onClose} />
      <DialogContent sx={{ pt: '8px !important' }}>{children}</DialogContent>
      {footer && <DialogActions sx={{ p: 4, pb: 'calc(16px + env(safe-area-inset-bottom))' }}>{footer}</DialogActions>}
    </Dialog>
  );
}
