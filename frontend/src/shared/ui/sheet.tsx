import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import Drawer from '@mui/material/Drawer';
import { useId, type ReactNode } from 'react';
import { usePhone } from '../lib/hooks';
import { DialogHead } from './DialogHead';

type SheetProps = { open: boolean; title: string; onClose: () => void; children: ReactNode; footer?: ReactNode };

/** Rises from the bottom on phones; a plain dialog elsewhere. */
export function BottomSheet({ open, title, onClose, children, footer }: SheetProps) {
  const phone = usePhone();
  const id = useId();
  const inner = (
    <>
      <DialogHead id={id} title={title} onClose={onClose} />
      <DialogContent sx={{ pt: '8px !important' }}>{children}</DialogContent>
      {footer && <DialogActions sx={{ p: 4, pb: 'calc(16px + env(safe-area-inset-bottom))' }}>{footer}</DialogActions>}
    </>
  );
  if (!phone) return <Dialog open={open} onClose={onClose} fullWidth maxWidth="xs" aria-labelledby={id}>{inner}</Dialog>;
  return (
    <Drawer anchor="bottom" open={open} onClose={onClose} slotProps={{ paper: { role: 'dialog', 'aria-modal': true, 'aria-labelledby': id, sx: { borderRadius: '16px 16px 0 0', maxHeight: '90dvh' } } }}>
      {inner}
    </Drawer>
  );
}
