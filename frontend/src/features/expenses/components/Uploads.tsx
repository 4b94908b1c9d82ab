import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import CircularProgress from '@mui/material/CircularProgress';
import Typography from '@mui/material/Typography';
import CameraIcon from '@mui/icons-material/PhotoCameraOutlined';
import UploadIcon from '@mui/icons-material/UploadFileOutlined';
import { useRef, useState, type ReactNode } from 'react';
import { useExpensesDropReceiptMutation } from '../../../shared/api/gen/expenses.gen';
import { problemText } from '../../../shared/api/problem';
import { accept, maxBytes } from '../model';
import { useT } from '../locales/en';

type Item = { key: number; file: File; state: 'waiting' | 'sending' | 'done' | 'failed'; why?: string; id?: string };

let last = 0;

/** Receipts by drop, by choice or by camera, many at once. Each becomes a draft; each tells how far it is. */
export function Uploads({ onFill, children }: { onFill: (id: string) => void; children?: ReactNode }) {
  const t = useT();
  const [drop] = useExpensesDropReceiptMutation();
  const [items, setItems] = useState<Item[]>([]);
  const [over, setOver] = useState(false);
  const files = useRef<HTMLInputElement>(null);
  const camera = useRef<HTMLInputElement>(null);
  const line = useRef<Promise<void>>(Promise.resolve());

  const set = (key: number, change: Partial<Item>) => setItems((all) => all.map((x) => (x.key === key ? { ...x, ...change } : x)));
  const send = (item: Item) => {
    // One after the other: a phone's line is thin, and the order stays.
    line.current = line.current.then(async () => {
      set(item.key, { state: 'sending', why: undefined });
      try {
        const made = await drop({ body: { file: item.file } }).unwrap();
        set(item.key, { state: 'done', id: made.id });
      } catch (e) {
        set(item.key, { state: 'failed', why: problemText(e) });
      }
    });
  };
  const take = (list: FileList | null) => {
    const fresh = Array.from(list ?? []).map((file): Item => {
      const key = ++last;
      if (!accept.split(',').includes(file.type)) return { key, file, state: 'failed', why: t('drop.wrongType') };
      if (file.size > maxBytes) return { key, file, state: 'failed', why: t('drop.tooLarge') };
      return { key, file, state: 'waiting' };
    });
    setItems((all) => [...all, ...fresh]);
    for (const item of fresh) if (item.state === 'waiting') send(item);
  };
  const done = items.filter((x) => x.state === 'done').length;
  const busy = items.some((x) => x.state === 'waiting' || x.state === 'sending');

  return (
    <Box
      onDragOver={(e) => { e.preventDefault(); setOver(true); }}
      onDragLeave={(e) => { if (!e.currentTarget.contains(e.relatedTarget as Node | null)) setOver(false); }}
      onDrop={(e) => { e.preventDefault(); setOver(false); take(e.dataTransfer.files); }}
      sx={{ borderRadius: 1, outline: over ? '2px dashed' : undefined, outlineColor: 'primary.main', outlineOffset: 4 }}
    >
      <Box sx={{ border: '1px dashed', borderColor: over ? 'primary.main' : 'divider', borderRadius: 1, p: { xs: 3, sm: 4 }, mb: 4, display: 'flex', gap: 3, alignItems: 'center', flexWrap: 'wrap', bgcolor: 'background.paper' }}>
        <Box sx={{ flex: 1, minWidth: 180, display: { xs: 'none', sm: 'block' } }}>
          <Typography>{t('drop.here')}</Typography>
          <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('drop.hint')}</Typography>
        </Box>
        <Button variant="outlined" startIcon={<CameraIcon />} onClick={() => camera.current?.click()} sx={{ display: 'none', '@media (pointer: coarse)': { display: 'inline-flex' }, flexGrow: { xs: 1, sm: 0 } }}>{t('drop.photo')}</Button>
        <Button variant="outlined" startIcon={<UploadIcon />} onClick={() => files.current?.click()} sx={{ flexGrow: { xs: 1, sm: 0 } }}>{t('drop.choose')}</Button>
        <input ref={files} type="file" multiple accept={accept} aria-label={t('drop.choose')} hidden onChange={(e) => { take(e.target.files); e.target.value = ''; }} />
        <input ref={camera} type="file" accept="image/*" capture="environment" aria-label={t('drop.photo')} hidden onChange={(e) => { take(e.target.files); e.target.value = ''; }} />
        {items.length > 0 && (
          <Box sx={{ flexBasis: '100%' }}>
            <Box component="ul" aria-label={t('drop.list')} sx={{ m: 0, p: 0, listStyle: 'none' }}>
              {items.map((x) => (
                <Box component="li" key={x.key} sx={{ display: 'flex', alignItems: 'center', gap: 2, minHeight: 40 }}>
                  <Box sx={{ width: 16, display: 'inline-flex' }} aria-hidden>{x.state === 'sending' && <CircularProgress size={14} />}</Box>
                  <Typography variant="body2" noWrap sx={{ flex: 1, minWidth: 0, color: x.state === 'failed' ? 'error.main' : undefined }}>
                    {x.file.name} <Box component="span" sx={{ color: x.state === 'failed' ? 'error.main' : 'text.secondary' }}>{x.state === 'failed' ? x.why : t(`drop.${x.state}`)}</Box>
                  </Typography>
                  {x.id && <Button size="small" onClick={() => onFill(x.id ?? '')} aria-label={t('drop.fillIn', { name: x.file.name })}>{t('drop.fill')}</Button>}
                  {x.state === 'failed' && x.file.size <= maxBytes && accept.includes(x.file.type) && x.file.type && <Button size="small" onClick={() => send(x)}>{t('drop.retry', { name: x.file.name })}</Button>}
                </Box>
              ))}
            </Box>
            <Box sx={{ display: 'flex', alignItems: 'center', gap: 2, mt: 1 }}>
              <Typography variant="body2" role="status" sx={{ flex: 1, color: 'text.secondary' }}>{done > 0 ? t('drop.told', { count: done }) : ''}</Typography>
              {!busy && <Button size="small" color="inherit" onClick={() => setItems([])}>{t('drop.clear')}</Button>}
            </Box>
          </Box>
        )}
      </Box>
      {children}
    </Box>
  );
}
