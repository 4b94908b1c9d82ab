import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import Link from '@mui/material/Link';
import { useState } from 'react';
import { Link as RouterLink } from 'react-router';
import { useExpensesApproveMutation, useExpensesGetQuery, useExpensesRecallMutation, type ExpenseView } from '../../../shared/api/gen/expenses.gen';
import { useStaff } from '../../../shared/api/members';
import { codeOf } from '../../../shared/api/problem';
import { formatDay } from '../../../shared/lib/dates';
import { usePhone } from '../../../shared/lib/hooks';
import { useCan, useMe } from '../../../shared/lib/me';
import { formatMoney } from '../../../shared/lib/money';
import { DialogHead } from '../../../shared/ui/DialogHead';
import { Facts, Money } from '../../../shared/ui/small';
import { ErrorState, SkeletonRows } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { later } from '../../../shared/ui/later';
import { useT } from '../locales/en';
import { ifMatch } from '../model';
import { Settled, StateChip, useWhat } from './parts';
import { Receipts } from './Receipts';

const ExpenseDialog = later(async () => (await import('./ExpenseDialog')).ExpenseDialog);
const BackDialog = later(async () => (await import('./Decisions')).BackDialog);
const OwnDialog = later(async () => (await import('./Decisions')).OwnDialog);

type Props = { id: string; today: string; onClose: () => void };

/** One expense: a form for its own member as long as it may change, else what there is to know. */
export function OpenExpense({ id, today, onClose }: Props) {
  const t = useT();
  const me = useMe();
  const { data, error, refetch } = useExpensesGetQuery({ id });
  // The form keeps what it began with: an answer that comes later would take from under the hands what is typed.
  const [editing, setEditing] = useState<ExpenseView | null>(null);
  if (data && me && !editing && data.editable && data.member_id === me.member_id) setEditing(data);
  if (editing) return <ExpenseDialog expense={editing} today={today} onClose={onClose} />;
  return (
    <Frame title={t('view.title')} onClose={onClose} actions={data && <Actions expense={data} onClose={onClose} />}>
      {error && !data ? <ErrorState error={error} onRetry={() => void refetch()} /> : data ? <Known expense={data} /> : <SkeletonRows label={t('form.loading')} rows={6} />}
    </Frame>
  );
}

function Frame({ title, onClose, actions, children }: { title: string; onClose: () => void; actions?: React.ReactNode; children: React.ReactNode }) {
  return (
    <Dialog open fullWidth maxWidth="sm" fullScreen={usePhone()} onClose={onClose} aria-labelledby="expense-title">
      <DialogHead id="expense-title" title={title} onClose={onClose} />
      <DialogContent>{children}</DialogContent>
      {actions && <DialogActions sx={{ p: 4, pb: 'calc(16px + env(safe-area-inset-bottom))', flexWrap: 'wrap', gap: 1 }}>{actions}</DialogActions>}
    </Dialog>
  );
}

function Known({ expense: e }: { expense: ExpenseView }) {
  const t = useT();
  const what = useWhat();
  const { nameOf } = useStaff();
  const facts: [string, React.ReactNode][] = [
    [t('col.what'), what(e)], [t('col.member'), nameOf(e.member_id) || t('someone')], [t('col.day'), formatDay(e.day)], [t('view.amount'), <strong key="a"><Money value={e.gross} /></strong>],
  ];
  const add = (when: unknown, label: string, value: React.ReactNode) => { if (when) facts.push([label, value]); };
  add(Number(e.tax.amount) > 0, t('view.tax'), `${formatMoney(e.tax)} (${e.tax_percent} %)`);
  add(e.exchange_rate, t('view.rate'), `1 ${e.gross.currency} = ${e.exchange_rate} ${e.base?.currency ?? ''}`);
  add(e.exchange_rate && e.base, t('view.base', { currency: e.base?.currency }), <Money value={e.base} />);
  add(e.mileage, t('view.trip'), e.mileage && [t('view.trip_value', { distance: e.mileage.distance, unit: e.mileage.unit, rate: e.mileage.per_unit }), [e.mileage.start, e.mileage.end].filter(Boolean).join(' – ')].filter(Boolean).join(', '));
  add(e.per_diem, t('view.days'), e.per_diem?.days.map((d) => <div key={d.day}>{t(d.half ? 'view.half' : 'view.day', { day: formatDay(d.day), worth: formatMoney(d.worth) })}</div>));
  add(e.project_id, t('view.project'), `${e.project_code} ${e.project_name}`);
  add(e.project_id, t('view.billable'), e.billable ? `${t('view.yes')}${Number(e.markup_percent) === 0 && e.markup_source !== 'client' ? '' : `, ${t('view.markup')} ${e.markup_percent} %${e.markup_source && ` (${t(`markupOf.${e.markup_source}`)})`}`}` : t('view.no'));
  add(e.account_code, t('view.account'), e.account_code);
  add(true, t('view.paidBy'), t(e.reimbursable ? 'view.member' : 'view.agency'));
  add(e.note, t('view.note'), e.note);
  add(true, t('view.state'), <Box component="span" sx={{ display: 'inline-flex', gap: 1, flexWrap: 'wrap' }}><StateChip expense={e} /><Settled expense={e} /></Box>);
  add(e.decided_by, t('view.decided'), nameOf(e.decided_by) || t('someone'));
  add(e.reject_reason, t('view.reason'), e.reject_reason);
  add(e.exception_reason, t('view.exception'), e.exception_reason);
  add(e.reimbursement, t('view.repaid'), e.reimbursement && [formatDay(e.reimbursement.on), e.reimbursement.reference].filter(Boolean).join(', '));
  add(e.invoice_id, t('view.invoice'), <Link component={RouterLink} to={`/invoices/${e.invoice_id}`}>{t('view.open')}</Link>);
  return (
    <Box sx={{ display: 'grid', gap: 4 }}>
      {e.findings.length > 0 && <Alert severity="warning">{t('view.warnings')}: {e.findings.map((f) => f.text).join('; ')}</Alert>}
      <Receipts expense={e} editable={false} />
      <Facts items={facts} />
    </Box>
  );
}

function Actions({ expense: e, onClose }: { expense: ExpenseView; onClose: () => void }) {
  const t = useT();
  const can = useCan();
  const me = useMe();
  const [approve, approving] = useExpensesApproveMutation();
  const [recall, recalling] = useExpensesRecallMutation();
  const [asking, setAsking] = useState<'back' | 'own' | null>(null);
  const own = e.member_id === me?.member_id;
  const decides = can('expenses.expenses.approve');
  const run = async (what: Promise<unknown>, said: string) => {
    try {
      await what;
      toast(said);
      onClose();
    } catch (x) {
      if (codeOf(x) === 'expenses.own_reason') setAsking('own');
      else toast.failed(x);
    }
  };
  const back = decides && (e.state === 'submitted' || (e.state === 'approved' && e.repayment !== 'paid' && e.billing !== 'billed'));
  return (
    <>
      {own && e.state === 'submitted' && <Button loading={recalling.isLoading} onClick={() => void run(recall({ id: e.id, 'If-Match': ifMatch(e.version) }).unwrap(), t('act.recalled'))}>{t('act.recall')}</Button>}
      {back && <Button onClick={() => setAsking('back')}>{t('act.back')}</Button>}
      {decides && e.state === 'submitted' && <Button variant="contained" loading={approving.isLoading} onClick={() => void run(approve({ id: e.id, 'If-Match': ifMatch(e.version), expenseApproval: {} }).unwrap(), t('approve.done', { count: 1 }))}>{t('act.approve')}</Button>}
      {asking === 'back' && <BackDialog expense={e} onClose={(done) => { setAsking(null); if (done) onClose(); }} />}
      {asking === 'own' && <OwnDialog expense={e} onClose={(done) => { setAsking(null); if (done) onClose(); }} />}
    </>
  );
}
