import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import { problemText } from '../../../shared/api/problem';
import { formatDay } from '../../../shared/lib/dates';
import { formatMoney } from '../../../shared/lib/money';
import { FormDialog } from '../../../shared/ui/dialogs';
import { DateField, SelectField, SwitchField } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { toast } from '../../../shared/ui/Toast';
import { useInvoicesAddMutation, useMorePlanQuery, type InvoiceMore, type InvoiceView } from '../api';
import { useT } from '../locales/en';
import { groups, ifMatch } from '../model';
import { FeePicks, type Picks } from './FeePicks';

/** Puts fees, approved time and expenses of the client on a draft, and shows what it comes to then. */
export function MoreDialog({ invoice: i, onClose }: { invoice: InvoiceView; onClose: () => void }) {
  const t = useT();
  const [add] = useInvoicesAddMutation();
  const [picked, setPicked] = useState<Picks>({});
  const [making, setMaking] = useState(false);
  const form = useForm({ defaultValues: { time: false, expenses: false, from: '', to: '', group_by: 'task' as (typeof groups)[number] } });
  const x = useWatch({ control: form.control });
  const fees = Object.values(picked);
  const wanted: InvoiceMore = { ...(fees.length > 0 && { fees }), time: x.time ?? false, expenses: x.expenses ?? false, ...(x.from && { from: x.from }), ...(x.to && { to: x.to }), group_by: x.group_by ?? 'task' };
  const some = fees.length > 0 || wanted.time || wanted.expenses;
  const plan = useMorePlanQuery({ id: i.id, version: i.version, body: wanted }, { skip: !some || making });
  return (
    <FormDialog
      open
      title={t('more.title')}
      form={form}
      submitLabel={t('more.do')}
      stopped={!some || plan.error !== undefined}
      onClose={onClose}
      onSubmit={async () => {
        setMaking(true);
        try {
          await add({ id: i.id, 'If-Match': ifMatch(i.version), invoiceMore: wanted }).unwrap();
        } catch (e) {
          setMaking(false);
          throw e;
        }
        toast(t('more.done'));
        onClose();
      }}
    >
      <FeePicks clientId={i.client_id} projectId={undefined} picked={picked} onPick={setPicked} />
      <SwitchField name="time" label={t('more.time')} />
      <SwitchField name="expenses" label={t('more.expenses')} />
      {(x.time || x.expenses) && (
        <FieldRow>
          <DateField name="from" label={t('create.from')} help={t('more.fromHelp')} />
          <DateField name="to" label={t('create.to')} help={t('more.toHelp')} />
          {x.time && <SelectField name="group_by" label={t('create.group')} options={groups.map((g) => ({ value: g, label: t(`create.by.${g}`) }))} />}
        </FieldRow>
      )}
      <Box aria-live="polite" sx={{ minHeight: 76 }}>
        {!some ? <Typography sx={{ color: 'text.secondary' }}>{t('more.choose')}</Typography> : plan.error ? <Alert severity="warning">{problemText(plan.error)}</Alert> : !plan.currentData ? <Typography sx={{ color: 'text.secondary' }}>{t('create.calculating')}</Typography> : (
          <>
            <Box sx={{ display: 'flex', justifyContent: 'space-between', alignItems: 'baseline', gap: 3, p: 3, borderRadius: 1, bgcolor: 'action.hover' }}>
              <span>{t('more.total', { count: plan.currentData.invoice.lines.length - i.lines.length })}</span>
              <Typography component="strong" sx={{ fontWeight: 700, fontSize: 18, fontVariantNumeric: 'tabular-nums' }}>{formatMoney(plan.currentData.invoice.total)}</Typography>
            </Box>
            {plan.currentData.left_out.length > 0 && (
              <Alert severity="warning" sx={{ mt: 3 }}>
                {t('create.left', { count: plan.currentData.left_out.length })}: {plan.currentData.left_out.slice(0, 3).map((e) => `${formatDay(e.day)} ${e.task_name || e.project_name} (${t(`create.why.${e.reason}`)})`).join(', ')}
              </Alert>
            )}
          </>
        )}
      </Box>
    </FormDialog>
  );
}
