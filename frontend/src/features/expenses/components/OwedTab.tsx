import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { useExpensesReimburseMutation, useExpensesUnreimburseMutation, type ExpenseView } from '../../../shared/api/gen/expenses.gen';
import { useFeed } from '../../../shared/api/infinite';
import { useStaff } from '../../../shared/api/members';
import { formatDay, today } from '../../../shared/lib/dates';
import { useParam } from '../../../shared/lib/hooks';
import { useMe } from '../../../shared/lib/me';
import { formatMoney, type MoneyValue } from '../../../shared/lib/money';
import { DataTable, type Column } from '../../../shared/ui/DataTable';
import { FormDialog } from '../../../shared/ui/dialogs';
import { DateField, TextField } from '../../../shared/ui/fields';
import { FilterBar } from '../../../shared/ui/filters';
import { Money } from '../../../shared/ui/small';
import { EmptyState, NoResults } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useExpensesFeedInfiniteQuery } from '../api';
import { useT } from '../locales/en';
import { ExpenseCard, useWhat, What } from './parts';

/** Adds decimal strings of one currency exactly, in the currency's smallest unit. */
function together(all: ExpenseView[]): MoneyValue[] {
  const sums = new Map<string, { units: bigint; places: number }>();
  for (const { base } of all) {
    if (!base) continue;
    const places = base.amount.split('.')[1]?.length ?? 0;
    const was = sums.get(base.currency);
    sums.set(base.currency, { units: (was?.units ?? 0n) + BigInt(base.amount.replace('.', '')), places });
  }
  return [...sums].map(([currency, { units, places }]) => {
    const s = String(units).padStart(places + 1, '0');
    return { currency, amount: places > 0 ? `${s.slice(0, -places)}.${s.slice(-places)}` : s };
  });
}

/** Approved expenses that members paid: to be marked as paid back, many at once, with date and reference. */
export function OwedTab({ onOpen }: { onOpen: (id: string) => void }) {
  const t = useT();
  const what = useWhat();
  const { nameOf, options } = useStaff();
  const [member, setMember] = useParam('member');
  const [repayment, setRepayment] = useParam('repayment');
  const paid = repayment === 'done';
  const list = useFeed(useExpensesFeedInfiniteQuery({ repayment: paid ? 'done' : 'open', memberId: member || undefined }));
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState(false);
  const [undo] = useExpensesUnreimburseMutation();
  const chosen = (list.rows ?? []).filter((e) => ids.has(e.id));
  const takeBack = async (e: ExpenseView) => {
    try {
      await undo({ expensesToUndo: { expense_ids: [e.id] } }).unwrap();
      toast(t('owed.undone'));
    } catch (x) {
      toast.failed(x);
    }
  };
  const columns: Column<ExpenseView>[] = [
    { key: 'member', header: t('col.member'), width: 'minmax(0, 1fr)', cell: (e) => nameOf(e.member_id) || t('someone') },
    { key: 'day', header: t('col.day'), width: '130px', from: 'md', cell: (e) => formatDay(e.day) },
    { key: 'what', header: t('col.what'), width: 'minmax(0, 2fr)', cell: (e) => <What expense={e} /> },
    ...(paid ? [{ key: 'on', header: t('owed.on'), width: 'minmax(0, 1fr)', cell: (e: ExpenseView) => e.reimbursement && [formatDay(e.reimbursement.on), e.reimbursement.reference].filter(Boolean).join(', ') }] : []),
    { key: 'base', header: t('col.amount'), width: '120px', numeric: true, cell: (e) => <Money value={e.base} /> },
  ];
  return (
    <>
      <FilterBar
        filters={[
          { key: 'member', label: t('filter.member'), value: member, onChange: setMember, options },
          { key: 'repayment', label: t('owed.show'), any: t('owed.open'), value: repayment, onChange: setRepayment, options: [{ value: 'done', label: t('owed.paid') }] },
        ]}
        end={!paid && chosen.length > 0 && <Button variant="contained" onClick={() => setAsking(true)}>{t('owed.mark', { count: chosen.length })}</Button>}
      />
      <DataTable
        {...list}
        key={repayment}
        label={t('tab.owed')}
        columns={columns}
        getId={(e) => e.id}
        nameOf={(e) => `${nameOf(e.member_id)}, ${what(e)}`}
        onOpen={(e) => onOpen(e.id)}
        selection={paid ? undefined : { ids, onChange: setIds }}
        actions={paid ? (e) => <Button size="small" onClick={() => void takeBack(e)}>{t('act.recall')}</Button> : undefined}
        actionsWidth="110px"
        card={(e) => <ExpenseCard expense={e} name={nameOf(e.member_id)} />}
        empty={member || paid ? <NoResults onClear={() => { setMember(''); setRepayment(''); }} /> : <EmptyState title={t('owed.empty')} text={t('owed.emptyText')} />}
      />
      {asking && <PayDialog expenses={chosen} onClose={(done) => { setAsking(false); if (done) setIds(new Set()); }} />}
    </>
  );
}

function PayDialog({ expenses, onClose }: { expenses: ExpenseView[]; onClose: (done: boolean) => void }) {
  const t = useT();
  const { nameOf } = useStaff();
  const zone = useMe()?.agency.time_zone;
  const [pay] = useExpensesReimburseMutation();
  const [undo] = useExpensesUnreimburseMutation();
  const form = useForm({ defaultValues: { on: today(zone), reference: '' } });
  const ids = expenses.map((e) => e.id);
  const people = [...new Set(expenses.map((e) => e.member_id))];
  const send = async ({ on, reference }: { on: string; reference: string }) => {
    const { count } = await pay({ expensesToReimburse: { expense_ids: ids, on, reference } }).unwrap();
    toast(t('owed.done', { count }), { undo: () => void undo({ expensesToUndo: { expense_ids: ids } }).unwrap().catch(toast.failed) });
    onClose(true);
  };
  return (
    <FormDialog open title={t('owed.title')} form={form} onSubmit={send} onClose={() => onClose(false)} submitLabel={t('owed.mark', { count: ids.length })}>
      <Box component="ul" aria-label={t('owed.perPerson')} sx={{ m: 0, p: 0, listStyle: 'none' }}>
        {people.map((id) => (
          <Box component="li" key={id} sx={{ display: 'flex', justifyContent: 'space-between', gap: 3, py: 1 }}>
            <Typography component="span">{nameOf(id) || t('someone')}</Typography>
            <Typography component="span" sx={{ fontVariantNumeric: 'tabular-nums' }}>{together(expenses.filter((e) => e.member_id === id)).map((m) => formatMoney(m)).join(' + ')}</Typography>
          </Box>
        ))}
        <Box component="li" sx={{ display: 'flex', justifyContent: 'space-between', gap: 3, py: 1, borderTop: 1, borderColor: 'divider', fontWeight: 620 }}>
          <span>{t('owed.sum')}</span><span>{together(expenses).map((m) => formatMoney(m)).join(' + ')}</span>
        </Box>
      </Box>
      <DateField name="on" label={t('owed.on')} required />
      <TextField name="reference" label={t('owed.reference')} help={t('owed.referenceHelp')} maxLength={160} />
    </FormDialog>
  );
}
