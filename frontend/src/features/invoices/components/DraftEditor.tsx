import AddIcon from '@mui/icons-material/AddRounded';
import DownIcon from '@mui/icons-material/ArrowDownwardRounded';
import UpIcon from '@mui/icons-material/ArrowUpwardRounded';
import RemoveIcon from '@mui/icons-material/DeleteOutlineRounded';
import PdfIcon from '@mui/icons-material/PictureAsPdfOutlined';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import { useEffect, useState } from 'react';
import { FormProvider, useFieldArray, useForm, useFormContext, useWatch } from 'react-hook-form';
import { useNavigate } from 'react-router';
import { applyProblem } from '../../../shared/api/problem';
import { formatDay } from '../../../shared/lib/dates';
import { useDebounced } from '../../../shared/lib/hooks';
import { useCommon } from '../../../shared/lib/i18n';
import { useCan } from '../../../shared/lib/me';
import { formatMoney } from '../../../shared/lib/money';
import { ConfirmDialog } from '../../../shared/ui/dialogs';
import { DateField, DecimalField, SwitchField, TextField } from '../../../shared/ui/fields';
import { whenReadable } from '../../../shared/ui/fields/unreadable';
import { FieldRow, Fields } from '../../../shared/ui/form';
import { Paper } from '../../../shared/paper/Paper';
import { EInvoice } from './EInvoice';
import { Totals } from '../../../shared/paper/Totals';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { StatusChip } from '../../../shared/ui/small';
import { ErrorState, Section, SkeletonPage } from '../../../shared/ui/states';
import { TaxSelect } from '../../../shared/ui/TaxSelect';
import { later } from '../../../shared/ui/later';
import { toast } from '../../../shared/ui/Toast';
import {
  useInvoicesChangeMutation, useInvoicesDeleteMutation, useInvoicesIssueMutation, useInvoicesPreviewQuery, useInvoiceSumQuery, useReviewSettingsQuery, useTaxRatesListQuery, type InvoiceLineView, type InvoiceView,
} from '../api';
import { useT } from '../locales/en';
import { countable, discountInput, draftValues, ifMatch, lineInput, tones, type DraftValues } from '../model';
import { Deposits } from './Deposits';
import { DiscountField } from './DiscountField';
import { DraftRate } from './RateFields';
import { Review } from './Review';
import { Worked } from './Worked';

const MoreDialog = later(async () => (await import('./MoreDialog')).MoreDialog);
const WriteDialog = later(async () => (await import('./WriteDialog')).WriteDialog);

/** A draft: what is written at one side, the paper it makes at the other. */
export function DraftEditor({ invoice: i }: { invoice: InvoiceView }) {
  const t = useT();
  const can = useCan();
  const navigate = useNavigate();
  const form = useForm<DraftValues>({ defaultValues: draftValues(i) });
  const { isDirty, isSubmitting } = form.formState;
  const [version, setVersion] = useState(i.version);
  const [alert, setAlert] = useState<string | null>(null);
  const [asking, setAsking] = useState<'issue' | 'delete' | 'more' | null>(null);
  const [change] = useInvoicesChangeMutation();
  const [issue] = useInvoicesIssueMutation();
  const [remove] = useInvoicesDeleteMutation();
  const paper = useInvoicesPreviewQuery({ id: i.id });
  const settings = useReviewSettingsQuery();
  // Somebody else's save is taken over as long as nothing is typed here.
  useEffect(() => {
    if (isDirty || i.version === version) return;
    form.reset(draftValues(i));
    setVersion(i.version);
  }, [i, isDirty, version, form]);
  const save = whenReadable(form, form.handleSubmit(async (x) => {
    setAlert(null);
    try {
      const { lines, discount_in, discount_percent, discount_amount, ...head } = x;
      const saved = await change({ id: i.id, 'If-Match': ifMatch(version), invoiceChange: { ...head, ...discountInput({ discount_in, discount_percent, discount_amount }), lines: lines.map(lineInput) } }).unwrap();
      form.reset(draftValues(saved));
      setVersion(saved.version);
      toast(t('draft.saved'));
    } catch (e) {
      setAlert(applyProblem(e, form.setError as never, fieldNames));
    }
  }));
  return (
    <FormProvider {...form}>
      <Box component="form" noValidate onSubmit={(e: React.FormEvent) => void save(e)}>
        <PageHeader
          title={i.client_name}
          sub={i.period_from && i.period_to ? `${formatDay(i.period_from)} – ${formatDay(i.period_to)}` : undefined}
          up={{ to: '/invoices', label: t('title') }}
          chip={<>{i.kind === 'deposit' && <StatusChip label={t('deposit.chip')} tone="brand" />}<StatusChip label={t(`status.${i.status}`)} tone={tones[i.status]} /></>}
          actions={
            <>
              <Button color="error" onClick={() => setAsking('delete')}>{t('draft.delete')}</Button>
              <Button variant="outlined" startIcon={<PdfIcon />} href={`/api/v1/invoices/${i.id}/pdf`} target="_blank" rel="noopener">{t('pdf')}</Button>
              <Button variant={isDirty ? 'contained' : 'outlined'} type="submit" loading={isSubmitting} disabled={!isDirty}>{t('draft.save')}</Button>
              {can('invoicing.invoices.issue') && <Button variant={isDirty ? 'outlined' : 'contained'} disabled={isDirty || i.lines.length === 0 || (settings.data?.required && i.review.state !== 'ready')} onClick={() => setAsking('issue')}>{t('issue.do')}</Button>}
            </>
          }
        />
        {alert && <Alert severity="error" role="alert" sx={{ mb: 4 }}>{alert}</Alert>}
        <Box sx={{ display: 'grid', gap: 6, gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 1fr) minmax(0, 1fr)' }, alignItems: 'start' }}>
          <Box sx={{ display: 'grid', gap: 4, minWidth: 0 }}>
            <Review invoice={i} blocked={isDirty} />
            <Section title={t('draft.lines')} action={i.kind === 'invoice' && <Button size="small" disabled={isDirty} onClick={() => setAsking('more')}>{t('more.open')}</Button>}><Lines invoice={i} /></Section>
            <Worked invoice={i} blocked={isDirty} />
            <Deposits invoice={i} version={version} blocked={isDirty} onSaved={setVersion} />
            <EInvoice id={i.id} issued={false} />
            <Section title={t('draft.more')}>
              <Fields>
                <FieldRow>
                  <DateField name="issue_on" label={t('draft.issueOn')} help={t('draft.issueHelp')} />
                  <DateField name="due_on" label={t('draft.dueOn')} help={t('draft.dueHelp')} />
                </FieldRow>
                <FieldRow>
                  <DateField name="period_from" label={t('draft.periodFrom')} />
                  <DateField name="period_to" label={t('draft.periodTo')} />
                  <DateField name="supply_on" label={t('draft.supplyOn')} help={t('draft.supplyHelp')} />
                </FieldRow>
                <DraftRate invoice={i} />
                <TextField name="reference" label={t('draft.reference')} maxLength={120} />
                <TextField name="note" label={t('draft.note')} multiline rows={2} maxLength={4000} />
                <TextField name="footer" label={t('draft.footer')} multiline rows={2} maxLength={2000} />
                <SwitchField name="prices_include_tax" label={t('draft.inclusive')} help={t('draft.inclusiveHelp')} />
              </Fields>
            </Section>
          </Box>
          <Box component="section" aria-label={t('draft.preview')} sx={{ minWidth: 0, position: { lg: 'sticky' }, top: 72 }}>
            <Typography variant="h3" component="h2" sx={{ mb: 2 }}>{t('draft.preview')}</Typography>
            {isDirty && <Typography variant="body2" sx={{ color: 'text.secondary', mb: 2 }}>{t('draft.unsaved')}</Typography>}
            {paper.data ? <Paper document={paper.data.document} /> : paper.error ? <ErrorState error={paper.error} onRetry={() => void paper.refetch()} /> : <SkeletonPage />}
          </Box>
        </Box>
      </Box>
      {asking === 'more' && <MoreDialog invoice={i} onClose={() => setAsking(null)} />}
      <ConfirmDialog
        open={asking === 'issue'}
        title={t('issue.title')}
        text={
          <>
            {t('issue.text', { number: paper.data?.next_number ?? '' })}
            {paper.data && <Box sx={{ mt: 3, color: 'text.secondary' }}>{t('issue.on', { day: formatDay(paper.data.document.issue_on), due: formatDay(paper.data.document.due_on) })}<br />{formatMoney(i.total)}</Box>}
          </>
        }
        confirmLabel={t('issue.do')}
        onClose={() => setAsking(null)}
        onConfirm={async () => {
          const done = await issue({ id: i.id, invoiceIssue: {} }).unwrap();
          toast(t('issue.done', { number: done.number }));
        }}
      />
      <ConfirmDialog
        open={asking === 'delete'}
        danger
        title={t('draft.delete')}
        text={t('draft.deleteText')}
        confirmLabel={t('draft.delete')}
        onClose={() => setAsking(null)}
        onConfirm={async () => {
          await remove({ id: i.id }).unwrap();
          toast(t('draft.deleted'));
          await navigate('/invoices', { replace: true });
        }}
      />
    </FormProvider>
  );
}

const fieldNames = [
  'issue_on', 'due_on', 'supply_on', 'period_from', 'period_to', 'reference', 'note', 'footer', 'exchange_rate', 'exchange_direction', 'discount_percent', 'discount_amount',
  ...['description', 'quantity', 'unit', 'unit_price', 'discount_percent', 'discount_amount', 'tax_rate_ids'].map((f) => `lines.*.${f}`),
];

function Lines({ invoice: i }: { invoice: InvoiceView }) {
  const t = useT();
  const c = useCommon();
  const { control, formState: { isDirty } } = useFormContext<DraftValues>();
  const reviews = useCan()('invoicing.invoices.review');
  const [writing, setWriting] = useState<InvoiceLineView | null>(null);
  const timed = (f: { id: string }) => i.lines.find((l) => l.id === f.id && l.entries > 0);
  // What was agreed stays; what time comes to is written up or down, with a reason.
  const settled = (f: { id: string; kind: string }) => timed(f) !== undefined || f.kind === 'fee' || f.kind === 'retained' || f.kind === 'expense' || f.kind === 'late';
  const { fields, append, remove, move } = useFieldArray({ control, name: 'lines', keyName: 'key' });
  const taxes = useTaxRatesListQuery();
  const usable = taxes.data?.items.filter((x) => !x.archived_at || i.lines.some((l) => l.tax_rate_ids.includes(x.id))) ?? [];
  const lines = useDebounced(useWatch({ control, name: 'lines' }), 300);
  const inclusive = useWatch({ control, name: 'prices_include_tax' });
  const rounding = i.rounding === 'half_even' ? 'half_even' : 'half_up';
  const method = i.tax_method === 'per_line' ? 'per_line' : 'per_rate';
  const point = useWatch({ control, name: 'supply_on' }) || i.period_to || undefined;
  const [within, percent, amount] = useDebounced(useWatch({ control, name: ['discount_in', 'discount_percent', 'discount_amount'] }), 300);
  const whole = { discount_in: within, discount_percent: percent, discount_amount: amount };
  const ok = countable(lines);
  const { data: sum } = useInvoiceSumQuery(
    { currency: i.currency, rounding, tax_method: method, prices_include_tax: inclusive, ...(point && { tax_point: point }), ...discountInput(whole), lines: lines.map((l) => ({ ...lineInput(l), id: '' })) },
    { skip: !ok },
  );
  const shown = sum ?? i;
  const blank = () => ({ id: '', kind: 'free', description: '', quantity: '1', unit: '', unit_price: '', discount_in: 'percent' as const, discount_percent: '', discount_amount: '', tax_rate_ids: usable.filter((x) => x.default).map((x) => x.id) });
  return (
    <Box sx={{ display: 'grid', gap: 4 }}>
      {fields.length === 0 && <Typography sx={{ color: 'text.secondary' }}>{t('draft.noLines')}</Typography>}
      {fields.map((f, n) => (
        <Box key={f.key} role="group" aria-label={t('draft.line', { n: n + 1 })} sx={{ borderBottom: 1, borderColor: 'divider', pb: 4, display: 'grid', gap: 3 }}>
          <TextField name={`lines.${n}.description`} label={t('draft.description')} multiline rows={1} maxLength={2000} />
          <Box sx={{ display: 'grid', gap: 3, gridTemplateColumns: { xs: '1fr 1fr 2fr', sm: '116px 70px 1fr 190px' } }}>
            <DecimalField name={`lines.${n}.quantity`} label={t('draft.quantity')} maxLength={20} readOnly={settled(f)} />
            <TextField name={`lines.${n}.unit`} label={t('draft.unit')} maxLength={20} />
            <DecimalField name={`lines.${n}.unit_price`} label={t('draft.price')} maxLength={24} readOnly={settled(f)} />
            <Box sx={{ gridColumn: { xs: '1 / -1', sm: 'auto' } }}><DiscountField at={`lines.${n}.`} label={t('draft.discount')} currency={i.currency} /></Box>
          </Box>
          <Box sx={{ display: 'flex', gap: 2, alignItems: 'center', flexWrap: 'wrap' }}>
            <Box sx={{ flex: '1 1 160px', minWidth: 140 }}>{usable.length === 0 ? <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('draft.noTax')}</Typography> : <TaxSelect name={`lines.${n}.tax_rate_ids`} label={t('draft.taxes')} taxes={usable} none={c('state.none')} />}</Box>
            {timed(f) && reviews ? <Button size="small" disabled={isDirty} aria-label={t('worked.writeOf', { what: timed(f)?.description })} onClick={() => setWriting(timed(f) ?? null)}>{t('worked.write')}</Button> : f.kind !== 'free' && <StatusChip label={t(f.kind === 'time' ? 'draft.fromTime' : f.kind === 'fee' ? 'draft.fromFee' : f.kind === 'retained' ? 'draft.fromRetained' : f.kind === 'late' ? 'draft.fromLate' : 'draft.fromExpense')} tone="brand" />}
            <Typography component="span" sx={{ ml: 'auto', fontWeight: 600, fontVariantNumeric: 'tabular-nums' }}>{formatMoney(shown.lines[n]?.amount)}</Typography>
            <Box sx={{ display: 'flex' }}>
              <IconButton aria-label={`${t('draft.up')}: ${t('draft.line', { n: n + 1 })}`} disabled={n === 0} onClick={() => move(n, n - 1)}><UpIcon fontSize="small" /></IconButton>
              <IconButton aria-label={`${t('draft.down')}: ${t('draft.line', { n: n + 1 })}`} disabled={n === fields.length - 1} onClick={() => move(n, n + 1)}><DownIcon fontSize="small" /></IconButton>
              <IconButton aria-label={`${t('draft.removeLine')}: ${t('draft.line', { n: n + 1 })}`} onClick={() => remove(n)}><RemoveIcon fontSize="small" /></IconButton>
            </Box>
          </Box>
        </Box>
      ))}
      {writing && <WriteDialog invoice={i} line={writing} entry={null} onClose={() => setWriting(null)} />}
      <Box sx={{ display: 'flex', justifyContent: 'space-between', gap: 4, flexWrap: 'wrap', alignItems: 'flex-start' }}>
        <Box sx={{ display: 'grid', gap: 4, justifyItems: 'start' }}>
          <Button variant="outlined" startIcon={<AddIcon />} onClick={() => append(blank())}>{t('draft.addLine')}</Button>
          <Box sx={{ width: 250 }}><DiscountField at="" label={t('draft.wholeDiscount')} currency={i.currency} /></Box>
        </Box>
        <Box aria-live="polite" sx={{ minWidth: 240, opacity: ok ? 1 : 0.6 }}><Totals of={{ ...shown, discount_percent: discountInput(whole).discount_percent }} /></Box>
      </Box>
    </Box>
  );
}
