import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import ButtonBase from '@mui/material/ButtonBase';
import Dialog from '@mui/material/Dialog';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import AddIcon from '@mui/icons-material/AddAPhotoOutlined';
import NextIcon from '@mui/icons-material/ChevronRightRounded';
import PdfIcon from '@mui/icons-material/PictureAsPdfOutlined';
import PreviousIcon from '@mui/icons-material/ChevronLeftRounded';
import RemoveIcon from '@mui/icons-material/DeleteOutlineRounded';
import { useRef, useState } from 'react';
import { useExpensesAttachReceiptMutation, useExpensesDetachReceiptMutation, type ExpenseView } from '../../../shared/api/gen/expenses.gen';
import { usePhone } from '../../../shared/lib/hooks';
import { DialogHead } from '../../../shared/ui/DialogHead';
import { toast } from '../../../shared/ui/Toast';
import { accept, receiptUrl } from '../model';
import { useT } from '../locales/en';

type Props = { expense: ExpenseView; editable: boolean; /** Receipts changed, and the version with them. */ onChange?: (e: ExpenseView) => void };

/** The receipts of an expense as small pictures; a click shows one large. */
export function Receipts({ expense: e, editable, onChange }: Props) {
  const t = useT();
  const [attach, adding] = useExpensesAttachReceiptMutation();
  const [detach] = useExpensesDetachReceiptMutation();
  const [at, setAt] = useState<number | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const add = async (list: FileList | null) => {
    for (const file of Array.from(list ?? [])) {
      try {
        onChange?.(await attach({ id: e.id, body: { file } }).unwrap());
      } catch (x) {
        toast.failed(x);
      }
    }
  };
  const remove = async (receiptId: string) => {
    try {
      await detach({ id: e.id, receiptId }).unwrap();
      onChange?.({ ...e, version: e.version + 1, receipts: e.receipts.filter((r) => r.id !== receiptId) });
      toast(t('receipts.removed'));
    } catch (x) {
      toast.failed(x);
    }
  };
  return (
    <Box component="section" aria-label={t('receipts.title')}>
      <Box sx={{ display: 'flex', gap: 2, flexWrap: 'wrap', alignItems: 'stretch' }}>
        {e.receipts.map((r, n) => (
          <Box key={r.id} sx={{ position: 'relative' }}>
            <ButtonBase onClick={() => setAt(n)} aria-label={t('receipts.open', { name: r.name })} sx={{ width: 88, height: 112, border: 1, borderColor: 'divider', borderRadius: 1, overflow: 'hidden', bgcolor: 'background.default' }}>
              {r.thumbnail ? <Box component="img" src={receiptUrl(e, r.id, true)} alt="" sx={{ width: '100%', height: '100%', objectFit: 'cover' }} /> : <PdfIcon sx={{ fontSize: 36, color: 'text.secondary' }} />}
            </ButtonBase>
            {editable && (
              <IconButton size="small" onClick={() => void remove(r.id)} aria-label={t('receipts.remove', { name: r.name })} sx={{ position: 'absolute', top: 4, right: 4, bgcolor: 'background.paper', '&:hover': { bgcolor: 'background.paper' } }}>
                <RemoveIcon fontSize="small" />
              </IconButton>
            )}
          </Box>
        ))}
        {e.receipts.length === 0 && !editable && <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('receipts.none')}</Typography>}
        {editable && (
          <>
            <Button variant="outlined" loading={adding.isLoading} onClick={() => input.current?.click()} startIcon={<AddIcon />} sx={{ minHeight: e.receipts.length > 0 ? 112 : undefined }}>{t('receipts.add')}</Button>
            <input ref={input} type="file" multiple accept={accept} aria-label={t('receipts.add')} hidden onChange={(x) => { void add(x.target.files); x.target.value = ''; }} />
          </>
        )}
      </Box>
      {at !== null && e.receipts[at] && <Viewer expense={e} at={at} onMove={setAt} onClose={() => setAt(null)} />}
    </Box>
  );
}

/** One receipt, as large as the screen allows. A PDF is shown by the browser. */
function Viewer({ expense: e, at, onMove, onClose }: { expense: ExpenseView; at: number; onMove: (n: number) => void; onClose: () => void }) {
  const t = useT();
  const phone = usePhone();
  const r = e.receipts[at];
  if (!r) return null;
  const count = e.receipts.length;
  const move = (by: number) => onMove((at + by + count) % count);
  const url = receiptUrl(e, r.id);
  return (
    <Dialog
      open fullWidth maxWidth="md" fullScreen={phone} onClose={onClose} aria-labelledby="receipt-title"
      onKeyDown={(k) => { if (k.key === 'ArrowLeft') move(-1); else if (k.key === 'ArrowRight') move(1); }}
    >
      <DialogHead id="receipt-title" title={r.name} onClose={onClose} />
      <Box sx={{ height: phone ? undefined : '72vh', flex: phone ? 1 : undefined, minHeight: 0, overflow: 'auto', display: 'flex', justifyContent: 'center', bgcolor: 'background.default' }}>
        {r.content_type === 'application/pdf'
          ? <Box component="object" data={url} type="application/pdf" aria-label={r.name} sx={{ width: '100%', height: '100%', border: 0 }}><Box sx={{ p: 6, textAlign: 'center' }}><Button href={url} target="_blank" rel="noopener" variant="outlined">{t('receipts.newTab')}</Button></Box></Box>
          : <Box component="img" src={url} alt={r.name} sx={{ maxWidth: '100%', alignSelf: 'flex-start' }} />}
      </Box>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 2, px: 3, py: 2, borderTop: 1, borderColor: 'divider' }}>
        {count > 1 && <IconButton aria-label={t('receipts.previous')} onClick={() => move(-1)}><PreviousIcon /></IconButton>}
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('receipts.view', { n: at + 1, count })}</Typography>
        {count > 1 && <IconButton aria-label={t('receipts.next')} onClick={() => move(1)}><NextIcon /></IconButton>}
        <Box sx={{ flex: 1 }} />
        <Button href={url} target="_blank" rel="noopener">{t('receipts.newTab')}</Button>
      </Box>
    </Dialog>
  );
}
