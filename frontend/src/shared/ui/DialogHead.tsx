import Box from '@mui/material/Box';
import DialogTitle from '@mui/material/DialogTitle';
import IconButton from '@mui/material/IconButton';
import CloseIcon from '@mui/icons-material/CloseRounded';
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
