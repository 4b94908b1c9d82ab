import Box from '@mui/material/Box';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Drawer from '@mui/material/Drawer';
import IconButton from '@mui/material/IconButton';
import CloseIcon from '@mui/icons-material/CloseRounded';
import { useId, type ReactNode } from 'react';
import { usePhone } from '../lib/hooks';
import { useCommon } from '../lib/i18n';

export function DialogHead({ id, title, onClose }: { id: string; title: string; onClose: () => void }) {
  const t = useCommon();
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', pr: 3 }}>
      <DialogTitle id={id} sx={{ flex: 1 }} className="said">{title}</DialogTitle>
      <IconButton aria-label={t('action.close')} onClick={onClose}><CloseIcon fontSize="small" /></IconButton>
    </Box>
  );
}

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
