import PdfIcon from '@mui/icons-material/PictureAsPdfOutlined';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import { lazy, Suspense, useState } from 'react';
import { Link as To, useParams } from 'react-router';
import { formatDay, formatMoment } from '../../../shared/lib/dates';
import { useCan, useMe } from '../../../shared/lib/me';
import { formatMoney } from '../../../shared/lib/money';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { Figure, Figures, Money, StatusChip } from '../../../shared/ui/small';
import { ErrorState, SkeletonPage } from '../../../shared/ui/states';
import { useCreditsListQuery, useInvoicesFindQuery, useInvoicesPreviewQuery, type InvoiceView } from '../api';
import { Paper } from '../../../shared/paper/Paper';
import { CreditNotes } from '../components/CreditNotes';
import { EInvoice } from '../components/EInvoice';
import { OnLine } from '../components/OnLine';
import { Payments } from '../components/Payments';
import { Reminders } from '../components/Reminders';
import { Sendings } from '../components/Sendings';
import { Worked } from '../components/Worked';
import { WriteOffs } from '../components/WriteOffs';
import { useT } from '../locales/en';
import { quote, tones } from '../model';

// The last of its column: nothing moves when it comes.
const LateCharges = lazy(async () => ({ default: (await import('../components/LateCharges')).LateCharges }));
// Of drafts, which only they see here who may not write them.
const Review = lazy(async () => ({ default: (await import('../components/Review')).Review }));
const DraftEditor = lazy(async () => ({ default: (await import('../components/DraftEditor')).DraftEditor }));
const SendDialog = lazy(async () => ({ default: (await import('../components/SendDialog')).SendDialog }));
const PaymentDialog = lazy(async () => ({ default: (await import('../components/PaymentDialog')).PaymentDialog }));
const CreditNoteDialog = lazy(async () => ({ default: (await import('../components/CreditNoteDialog')).CreditNoteDialog }));
const VoidDialog = lazy(async () => ({ default: (await import('../components/VoidDialog')).VoidDialog }));

export function InvoicePage() {
  const { id = '' } = useParams();
  const invoice = useInvoicesFindQuery({ id });
  const can = useCan();
  if (invoice.data === undefined) return invoice.error ? <ErrorState error={invoice.error} onRetry={() => void invoice.refetch()} /> : <SkeletonPage />;
  if (invoice.data.state === 'draft' && can('invoicing.invoices.write')) {
    return <Suspense fallback={<SkeletonPage />}><DraftEditor key={id} invoice={invoice.data} /></Suspense>;
  }
  return <Issued invoice={invoice.data} />;
}

type Open = 'send' | 'pay' | 'credit' | 'void' | null;

function Issued({ invoice: i }: { invoice: InvoiceView }) {
  const t = useT();
  const can = useCan();
  const zone = useMe()?.agency.time_zone;
  const [open, setOpen] = useState<Open>(null);
  const paper = useInvoicesPreviewQuery({ id: i.id });
  const plain = i.kind !== 'credit_note';
  const credits = useCreditsListQuery({ id: i.id }, { skip: !plain });
  const close = () => setOpen(null);
  const issued = i.state === 'issued';
  const left = credits.data?.lines ?? [];
  return (
    <>
      <PageHeader
        title={i.number || t('draftOf')}
        sub={i.client_name}
        up={{ to: '/invoices', label: t('title') }}
        chip={<>{i.kind === 'deposit' && <StatusChip label={t('deposit.chip')} tone="brand" />}<StatusChip label={t(`status.${i.status}`)} tone={tones[i.status]} /></>}
        held={credits.isLoading}
        actions={
          <>
            {issued && plain && credits.data?.notes.length === 0 && Number(i.written_off.amount) === 0 && can('invoicing.invoices.issue') && <Button color="error" onClick={() => setOpen('void')}>{t('void.do')}</Button>}
            {issued && plain && left.some((l) => Number(l.left.amount) !== 0) && Number(i.written_off.amount) === 0 && can('invoicing.invoices.issue') && <Button onClick={() => setOpen('credit')}>{t('note.open')}</Button>}
            <Button component={To} to={`/statements/${i.client_id}`}>{t('statement.title')}</Button>
            <Button variant="outlined" startIcon={<PdfIcon />} href={`/api/v1/invoices/${i.id}/pdf`} target="_blank" rel="noopener">{t('pdf')}</Button>
            {issued && can('invoicing.invoices.issue') && <Button variant={i.sent_at ? 'outlined' : 'contained'} onClick={() => setOpen('send')}>{t('send.do')}</Button>}
            {issued && Number(i.balance.amount) > 0 && can('invoicing.payments.write') && <Button variant={i.sent_at ? 'contained' : 'outlined'} onClick={() => setOpen('pay')}>{t('pay.do')}</Button>}
          </>
        }
      />
      {i.credits_id && <Alert severity="info" sx={{ mb: 4 }}><Link component={To} to={`/invoices/${i.credits_id}`}>{t('note.of', { number: i.credits_number })}</Link></Alert>}
      {i.voided_at && <Alert severity="info" sx={{ mb: 4 }}>{t('void.voided', { at: formatMoment(i.voided_at, zone) })}. {i.void_reason && t('void.why', { reason: i.void_reason })}</Alert>}
      <Figures>
        <Figure label={t('sum.total')} value={<Money value={i.total} />} note={i.exchange && i.base_total && i.exchange.base !== i.currency ? t('rate.books', { sum: formatMoney(i.base_total), rate: quote(i.exchange, i.currency) }) : undefined} />
        {i.payable.amount !== i.total.amount && <Figure label={t('sum.payable')} value={<Money value={i.payable} />} />}
        {plain && <Figure label={t('sum.paid')} value={<Money value={i.paid} />} />}
        {Number(i.credited.amount) !== 0 && <Figure label={t('sum.credited')} value={<Money value={i.credited} />} />}
        {Number(i.written_off.amount) !== 0 && <Figure label={t('sum.writtenOff')} value={<Money value={i.written_off} />} />}
        {plain && <Figure label={t('sum.balance')} value={<Money value={i.balance} />} note={i.due_on && issued ? `${t('col.due')} ${formatDay(i.due_on)}` : undefined} />}
      </Figures>
      <Box sx={{ display: 'grid', gap: 6, gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 760px) minmax(280px, 1fr)' }, alignItems: 'start' }}>
        {paper.data ? <Paper document={paper.data.document} /> : paper.error ? <ErrorState error={paper.error} onRetry={() => void paper.refetch()} /> : <SkeletonPage />}
        <Box sx={{ display: 'grid' }}>
          {i.state === 'draft' && <Suspense fallback={null}><Review invoice={i} /></Suspense>}
          {plain && <Worked invoice={i} />}
          {plain && <Payments invoice={i} />}
          {plain && <OnLine invoice={i} />}
          {plain && <WriteOffs id={i.id} />}
          {plain && credits.data && <CreditNotes notes={credits.data.notes} />}
          <EInvoice id={i.id} issued />
          {plain && <Reminders invoice={i} />}
          <Sendings id={i.id} />
          {issued && plain && <Suspense fallback={null}><LateCharges invoice={i} /></Suspense>}
        </Box>
      </Box>
      <Suspense fallback={null}>
        {open === 'send' && <SendDialog invoice={i} onClose={close} />}
        {open === 'pay' && <PaymentDialog invoice={i} onClose={close} />}
        {open === 'credit' && <CreditNoteDialog invoice={i} lines={left} onClose={close} />}
        {open === 'void' && <VoidDialog invoice={i} onClose={close} />}
      </Suspense>
    </>
  );
}
