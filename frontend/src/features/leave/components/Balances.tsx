import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { Link } from 'react-router';
import { useLeaveBalancesQuery, type LeaveBalanceView } from '../../../shared/api/gen/leave.gen';
import { formatDay } from '../../../shared/lib/dates';
import { useCan } from '../../../shared/lib/me';
import { later } from '../../../shared/ui/later';
import { EmptyState, ErrorState, Section, SkeletonRows } from '../../../shared/ui/states';
import { useT } from '../locales/en';

const Statement = later(async () => (await import('./Statement')).Statement);

/** What one has of each kind of leave, and what becomes of it by the end of the leave year. */
export function Balances() {
  const t = useT();
  const sets = useCan()('people.positions.write');
  const list = useLeaveBalancesQuery({});
  const [open, setOpen] = useState<LeaveBalanceView['type'] | null>(null);
  const items = list.data?.items;
  if (!items) return list.error ? <ErrorState error={list.error} onRetry={() => void list.refetch()} /> : <SkeletonRows label={t('balance.label')} rows={3} rowHeight={56} />;
  if (items.length === 0) {
    return <Section><EmptyState title={t('balance.none')} text={t('balance.noneText')} action={sets && <Button component={Link} to="/settings/leave" variant="outlined">{t('balance.set')}</Button>} /></Section>;
  }
  return (
    <Box component="ul" aria-label={t('balance.label')} sx={{ m: 0, p: 0, mb: 2, listStyle: 'none', display: 'grid', gap: 4, gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'repeat(auto-fill, minmax(260px, 1fr))' } }}>
      {items.map((b) => <Box component="li" key={b.type.id} sx={{ minWidth: 0 }}><Balance b={b} onOpen={() => setOpen(b.type)} /></Box>)}
      {open && <Statement kind={open} onClose={() => setOpen(null)} />}
    </Box>
  );
}

function Balance({ b, onOpen }: { b: LeaveBalanceView; onOpen: () => void }) {
  const t = useT();
  const much = (n: number) => t(`unit.${b.type.unit}`, { count: n });
  const counts = b.type.accrual !== 'none';
  const notes = [b.planned > 0 && t('balance.planned', { much: much(b.planned) }), b.requested > 0 && t('balance.requested', { much: much(b.requested) })].filter(Boolean).join(', ');
  return (
    <Section title={b.type.name} action={counts && <Button size="small" aria-label={t('balance.statement', { name: b.type.name })} onClick={onOpen}>{t('balance.open')}</Button>}>
      {counts ? (
        <>
          <Typography><Box component="span" sx={{ typography: 'h2', fontVariantNumeric: 'tabular-nums' }}>{much(b.balance)}</Box> {t('balance.left')}</Typography>
          <Typography variant="body2" sx={{ color: 'text.secondary', minHeight: 20 }}>{notes}</Typography>
          <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('balance.atEnd', { much: much(b.at_end), day: formatDay(b.year_ends) })}</Typography>
        </>
      ) : (
        <Typography sx={{ color: 'text.secondary' }}>{t('balance.free')}</Typography>
      )}
    </Section>
  );
}
