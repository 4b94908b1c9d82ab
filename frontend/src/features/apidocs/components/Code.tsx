import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useState } from 'react';
import { useT } from '../locales/en';

/** Text to take away. */
export function Code({ text, label }: { text: string; label: string }) {
  const t = useT();
  const [copied, setCopied] = useState(false);
  return (
    <Box sx={{ display: 'flex', alignItems: 'flex-start', gap: 2, flexWrap: 'wrap', borderRadius: 1, border: 1, borderColor: 'divider', bgcolor: 'background.default', p: 2 }}>
      <Box component="pre" tabIndex={0} role="region" aria-label={label} sx={{ m: 0, p: 1, flex: 1, minWidth: 0, overflow: 'auto', fontSize: 13, lineHeight: '20px', maxHeight: 320 }}>{text}</Box>
      <Button size="small" variant="outlined" aria-label={t('copyWhat', { what: label })} onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}>
        <span aria-live="polite">{t(copied ? 'copied' : 'copy')}</span>
      </Button>
    </Box>
  );
}
