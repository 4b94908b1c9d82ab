import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import FormHelperText from '@mui/material/FormHelperText';
import Typography from '@mui/material/Typography';
import UploadIcon from '@mui/icons-material/UploadFileOutlined';
import { useRef, useState } from 'react';
import { useCommon } from '../lib/i18n';

type Props = { label: string; /** 'image/png,image/jpeg' */ accept: string; maxBytes: number; onFile: (f: File) => void; busy?: boolean };

/** Takes a file by drop or by choice. */
export function FileDrop({ label, accept, maxBytes, onFile, busy }: Props) {
  const t = useCommon();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [refused, setRefused] = useState('');
  const take = (f: File | undefined) => {
    if (!f) return;
    const kinds = accept.split(',').map((a) => a.trim());
    if (!kinds.includes(f.type)) setRefused(f.type === 'image/svg+xml' ? t('drop.svg') : t('drop.wrongType', { kinds: kinds.map((k) => k.split('/')[1]?.toUpperCase()).join(', ') }));
    else if (f.size > maxBytes) setRefused(t('drop.tooLarge', { max: `${Math.round(maxBytes / 1024 / 1024)} MB` }));
    else {
      setRefused('');
      onFile(f);
    }
  };
  return (
    <div>
      <Box
        onDragOver={(e) => { e.preventDefault(); setOver(true); }}
        onDragLeave={() => setOver(false)}
        onDrop={(e) => { e.preventDefault(); setOver(false); take(e.dataTransfer.files[0]); }}
        sx={{ border: '1px dashed', borderColor: over ? 'primary.main' : 'text.secondary', borderRadius: 1, p: 4, display: 'flex', gap: 3, alignItems: 'center', flexWrap: 'wrap' }}
      >
        <Typography variant="body2" sx={{ color: 'text.secondary', flex: 1, minWidth: 160 }}>{t('drop.here')}</Typography>
        <Button variant="outlined" startIcon={<UploadIcon />} loading={busy} onClick={() => input.current?.click()}>{label}</Button>
        <input ref={input} type="file" accept={accept} aria-label={label} hidden onChange={(e) => { take(e.target.files?.[0]); e.target.value = ''; }} />
      </Box>
      {refused && <FormHelperText error role="alert">{refused}</FormHelperText>}
    </div>
  );
}
