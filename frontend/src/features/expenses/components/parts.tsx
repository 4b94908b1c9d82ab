import Box from '@mui/material/Box';
import ReceiptIcon from '@mui/icons-material/ReceiptOutlined';
import WarningIcon from '@mui/icons-material/WarningAmberRounded';
import type { ExpenseView } from '../../../shared/api/gen/expenses.gen';
import { formatDay } from '../../../shared/lib/dates';
import { CardRow } from '../../../shared/ui/DataTable';
import { Money, StatusChip } from '../../../shared/ui/small';
import { receiptUrl, tones } from '../model';
import { useT } from '../locales/en';

export const StateChip = ({ expense: e }: { expense: ExpenseView }) => <StatusChip label={useT()(`state.${e.state}`)} tone={tones[e.state]} />;

/** Whether it is paid back and whether it is billed: two things. */
export function Settled({ expense: e }: { expense: ExpenseView }) {
  const t = useT();
  return (
    <Box component="span" sx={{ display: 'inline-flex', gap: 1, flexWrap: 'nowrap' }}>
      {e.repayment !== 'none' && <StatusChip label={t(`repayment.${e.repayment}`)} tone={e.repayment === 'paid' ? 'success' : 'warning'} />}
      {e.billing !== 'none' && <StatusChip label={t(`billing.${e.billing}`)} tone={e.billing === 'billed' ? 'success' : 'neutral'} />}
    </Box>
  );
}

export function useWhat() {
  const t = useT();
  return (e: ExpenseView) => [e.category_name || t(e.kind === 'receipt' ? 'noCategory' : `kind.${e.kind}`), e.merchant].filter(Boolean).join(' · ');
}

/** What an expense is, with its receipt and what the policy says about it. */
export function What({ expense: e }: { expense: ExpenseView }) {
  const t = useT();
  const what = useWhat();
  const first = e.receipts.find((r) => r.thumbnail);
  return (
    <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', verticalAlign: 'middle', gap: 2, minWidth: 0, maxWidth: '100%' }}>
      {first ? <Box component="img" src={receiptUrl(e, first.id, true)} alt="" loading="lazy" sx={{ width: 20, height: 22, objectFit: 'cover', borderRadius: 0.5, flexShrink: 0 }} /> : e.receipts.length > 0 && <ReceiptIcon fontSize="small" aria-label={t('receipts.count', { count: e.receipts.length })} sx={{ color: 'text.secondary' }} />}
      <Box component="span" sx={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{what(e)}</Box>
      {e.findings.length > 0 && <WarningIcon fontSize="small" titleAccess={e.findings.map((f) => f.text).join('; ')} sx={{ color: 'warning.main', flexShrink: 0 }} />}
    </Box>
  );
}

/** An expense in two lines, for phones. */
export function ExpenseCard({ expense: e, name }: { expense: ExpenseView; name?: string }) {
  return <CardRow title={<What expense={e} />} end={<Money value={e.gross} />} sub={[formatDay(e.day), name, e.project_code].filter(Boolean).join(' · ')} state={e.repayment === 'none' && e.billing === 'none' ? <StateChip expense={e} /> : <Settled expense={e} />} />;
}
