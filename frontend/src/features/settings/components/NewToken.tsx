import { useId, useState } from 'react';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Typography from '@mui/material/Typography';
import { usePhone } from '../../../shared/lib/hooks';
import { useCommon } from '../../../shared/lib/i18n';
import { useT } from '../locale';

/** The one sight of a new token. It closes by its button alone, not by a slip of the finger. */
export function NewToken({ token, onClose }: { token: string; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const phone = usePhone();
  const id = useId();
  const [copied, setCopied] = useState(false);
  return (
    <Dialog open fullScreen={phone} fullWidth maxWidth="sm" aria-labelledby={id}>
      <DialogTitle id={id}>{t('tokens.shownTitle')}</DialogTitle>
      <DialogContent sx={{ display: 'grid', gap: 4, alignContent: 'start' }}>
        <Alert severity="warning">{t('tokens.shownText')}</Alert>
        <Box sx={{ display: 'flex', gap: 3, alignItems: 'center', flexWrap: 'wrap' }}>
          <Box component="code" aria-label={t('tokens.shownLabel')} sx={{ flex: 1, minWidth: 0, overflowWrap: 'anywhere', p: 3, borderRadius: 1, bgcolor: 'action.hover', userSelect: 'all' }}>{token}</Box>
          <Button variant="outlined" onClick={() => void navigator.clipboard.writeText(token).then(() => setCopied(true))}>
            <span aria-live="polite">{c(copied ? 'action.copied' : 'action.copy')}</span>
          </Button>
        </Box>
        <Box>
          <Typography variant="body2" sx={{ mb: 1, color: 'text.secondary' }}>{t('tokens.howTo')}</Typography>
          <Box component="pre" tabIndex={0} sx={{ m: 0, p: 3, borderRadius: 1, bgcolor: 'action.hover', overflow: 'auto', fontSize: 13 }}>{`curl ${location.origin}/api/v1/me \\\n  -H "Authorization: Bearer …"`}</Box>
        </Box>
      </DialogContent>
      <DialogActions sx={{ p: 4, pb: 'calc(16px + env(safe-area-inset-bottom))' }}>
        <Button variant="contained" onClick={onClose} fullWidth={phone}>{t('tokens.shownDone')}</Button>
      </DialogActions>
    </Dialog>
  );
}
