import { valibotResolver } from '@hookform/resolvers/valibot';
import Typography from '@mui/material/Typography';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { useCommon } from '../../../shared/lib/i18n';
import { useMe } from '../../../shared/lib/me';
import { formatMoney } from '../../../shared/lib/money';
import { FormDialog } from '../../../shared/ui/dialogs';
import { TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { useReviewApproveMutation, useReviewBackMutation, type InvoiceView } from '../api';
import { useT } from '../locales/en';
import { ifMatch } from '../model';

/** Approves the draft as it is on the screen. Whose own it is says why, if nobody else can. */
export function ApproveDialog({ invoice: i, onClose }: { invoice: InvoiceView; onClose: () => void }) {
  const t = useT();
  const me = useMe()?.member_id;
  const own = me === i.created_by || me === i.review.sent_by;
  const [approve] = useReviewApproveMutation();
  const form = useForm({ defaultValues: { own_reason: '' } });
  return (
    <FormDialog
      open
      title={t('review.approveTitle')}
      form={form}
      submitLabel={t('review.approve')}
      onClose={onClose}
      onSubmit={async (x) => {
        await approve({ id: i.id, 'If-Match': ifMatch(i.version), invoiceApproval: { own_reason: x.own_reason } }).unwrap();
        toast(t('review.done'));
        onClose();
      }}
    >
      <Typography>{t('review.approveText', { client: i.client_name, total: formatMoney(i.total) })}</Typography>
      {own && <TextField name="own_reason" label={t('review.ownReason')} help={t('review.ownHelp')} maxLength={500} autoFocus />}
    </FormDialog>
  );
}

/** Gives the draft back and says what is to be changed. */
export function BackDialog({ invoice: i, onClose }: { invoice: InvoiceView; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const [back] = useReviewBackMutation();
  const form = useForm({ resolver: valibotResolver(v.object({ reason: v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required'))) })), defaultValues: { reason: '' } });
  return (
    <FormDialog
      open
      title={t('review.backTitle')}
      form={form}
      submitLabel={t('review.sendBack')}
      onClose={onClose}
      onSubmit={async (x) => {
        await back({ id: i.id, 'If-Match': ifMatch(i.version), invoiceBack: { reason: x.reason } }).unwrap();
        toast(t('review.backDone'));
        onClose();
      }}
    >
      <TextField name="reason" label={t('review.backReason')} multiline rows={3} maxLength={1000} autoFocus required />
    </FormDialog>
  );
}
