import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Typography from '@mui/material/Typography';
import { useId, useState, type ReactNode } from 'react';
import { FormProvider, type FieldValues } from 'react-hook-form';
import { problemText } from '../api/problem';
import { usePhone } from '../lib/hooks';
import { useCommon } from '../lib/i18n';
import { Fields, useSubmit, type AnyForm } from './form';
import { DialogHead } from './sheet';

export { BottomSheet } from './sheet';

type FormDialogProps<V extends FieldValues> = {
  open: boolean;
  title: string;
  form: AnyForm<V>;
  /** Rejecting with an API error keeps the dialog open and shows the messages at their fields. */
  onSubmit: (values: V) => Promise<unknown>;
  onClose: () => void;
  submitLabel?: string;
  children: ReactNode;
  wide?: boolean;
};

/** A form over the page; a full screen with its action at the bottom on phones. */
export function FormDialog<V extends FieldValues>({ open, title, form, onSubmit, onClose, submitLabel, children, wide }: FormDialogProps<V>) {
  const t = useCommon();
  const phone = usePhone();
  const id = useId();
  const { submit, alert, clear } = useSubmit(form, onSubmit);
  const busy = form.formState.isSubmitting;
  const close = () => {
    if (busy) return;
    clear();
    onClose();
  };
  return (
    <Dialog open={open} onClose={(_, reason) => (reason === 'backdropClick' && form.formState.isDirty ? undefined : close())} fullScreen={phone} fullWidth maxWidth={wide ? 'md' : 'sm'} aria-labelledby={id}>
      <FormProvider {...form}>
        <Box component="form" noValidate onSubmit={(e: React.FormEvent) => { e.stopPropagation(); void submit(e as React.FormEvent<HTMLFormElement>); }} sx={{ display: 'flex', flexDirection: 'column', minHeight: 0, flex: 1 }}>
          <DialogHead id={id} title={title} onClose={close} />
          <DialogContent sx={{ pt: '8px !important' }}>
            <Fields>{children}</Fields>
            {alert && <Alert severity="error" role="alert" sx={{ mt: 4 }}>{alert}</Alert>}
          </DialogContent>
          <DialogActions sx={{ p: 4, pb: 'calc(16px + env(safe-area-inset-bottom))', borderTop: phone ? 1 : 0, borderColor: 'divider' }}>
            {!phone && <Button color="inherit" onClick={close} disabled={busy}>{t('action.cancel')}</Button>}
            <Button type="submit" variant="contained" loading={busy} fullWidth={phone}>{submitLabel ?? t('action.save')}</Button>
          </DialogActions>
        </Box>
      </FormProvider>
    </Dialog>
  );
}

type ConfirmProps = {
  open: boolean;
  title: string;
  text: ReactNode;
  confirmLabel: string;
  danger?: boolean;
  onConfirm: () => Promise<unknown> | void;
  onClose: () => void;
};

/** For what cannot be undone. Where it can, act at once and offer undo in a toast instead. */
export function ConfirmDialog({ open, title, text, confirmLabel, danger, onConfirm, onClose }: ConfirmProps) {
  const t = useCommon();
  const id = useId();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const close = () => {
    setFailed(null);
    onClose();
  };
  const run = async () => {
    setBusy(true);
    setFailed(null);
    try {
      await onConfirm();
      close();
    } catch (e) {
      setFailed(problemText(e));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog open={open} onClose={busy ? undefined : close} maxWidth="xs" fullWidth aria-labelledby={id} role="alertdialog">
      <DialogTitle id={id}>{title}</DialogTitle>
      <DialogContent>
        <Typography component="div">{text}</Typography>
        {failed && <Alert severity="error" role="alert" sx={{ mt: 4 }}>{failed}</Alert>}
      </DialogContent>
      <DialogActions sx={{ p: 4 }}>
        <Button color="inherit" onClick={close} disabled={busy}>{t('action.cancel')}</Button>
        <Button variant="contained" color={danger ? 'error' : 'primary'} loading={busy} onClick={() => void run()}>{confirmLabel}</Button>
      </DialogActions>
    </Dialog>
  );
}
