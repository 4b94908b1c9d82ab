import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import { useId, type ReactNode } from 'react';
import { FormProvider, type FieldValues } from 'react-hook-form';
import { usePhone } from '../lib/hooks';
import { useCommon } from '../lib/i18n';
import { Fields, useSubmit, type AnyForm } from './form';
import { DialogHead } from './DialogHead';

type FormDialogProps<V extends FieldValues> = {
  open: boolean;
  title: string;
  form: AnyForm<V>;
  /** Rejecting with an API error keeps the dialog open and shows the messages at their fields. */
  onSubmit: (values: V) => Promise<unknown>;
  onClose: () => void;
  submitLabel?: string;
  /** Why it cannot be done now: said in place of the form. */
  blocked?: ReactNode;
  /** What is chosen cannot be saved; the form says why. */
  stopped?: boolean;
  children: ReactNode;
  wide?: boolean;
  /** A further button before the one that submits. */
  extra?: ReactNode;
};

/** A form over the page; a full screen with its action at the bottom on phones. */
export function FormDialog<V extends FieldValues>({ open, title, form, onSubmit, onClose, submitLabel, blocked, stopped, children, wide, extra }: FormDialogProps<V>) {
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
            {typeof blocked === 'string' ? <Alert severity="warning">{blocked}</Alert> : blocked ? blocked : <Fields>{children}</Fields>}
            {alert && <Alert severity="error" role="alert" sx={{ mt: 4 }}>{alert}</Alert>}
          </DialogContent>
          <DialogActions sx={{ p: 4, pb: 'calc(16px + env(safe-area-inset-bottom))', borderTop: phone ? 1 : 0, borderColor: 'divider' }}>
            {!phone && <Button color="inherit" onClick={close} disabled={busy}>{t('action.cancel')}</Button>}
            {extra}
            <Button type="submit" variant="contained" loading={busy} disabled={Boolean(blocked) || stopped} fullWidth={phone}>{submitLabel ?? t('action.save')}</Button>
          </DialogActions>
        </Box>
      </FormProvider>
    </Dialog>
  );
}
