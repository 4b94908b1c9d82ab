import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { daysBetween, formatDay, today } from '../../../shared/lib/dates';
import { useMe } from '../../../shared/lib/me';
import { formatMoney } from '../../../shared/lib/money';
import { BudgetBar, StatusChip } from '../../../shared/ui/small';
import { toast } from '../../../shared/ui/Toast';
import { termsOf, useBudgetsCreateMutation, useBudgetsRemoveMutation, type BudgetView } from '../api';
import { useT } from '../locales/en';
import { hours } from '../model';

/** What a budget is for, in a few words. */
export function useBudgetName() {
  const t = useT();
  return (b: BudgetView, names: (id: string) => string): string => {
    const of = b.task_id ? t(b.phase ? 'budget.ofPhase' : 'budget.ofTask', { name: b.task_name }) : t('budget.ofProject');
    return b.member_id ? `${names(b.member_id) || '…'}, ${of}` : of;
  };
}

/** A budget: what is spent, left or over, what it counts, and how long it lasts. */
export function BudgetLine({ budget: b, name, due, onEdit }: { budget: BudgetView; name: string; due: string | null; onEdit?: () => void }) {
  const t = useT();
  const [remove] = useBudgetsRemoveMutation();
  const [add] = useBudgetsCreateMutation();
  const takeAway = async () => {
    try {
      await remove({ id: b.id }).unwrap();
      toast(t('budget.removed'), { undo: () => void add({ id: b.project_id, newBudget: { unit: b.unit, task_id: b.task_id ?? undefined, member_id: b.member_id ?? undefined, ...termsOf(b) } }).unwrap().catch(toast.failed) });
    } catch (e) {
      toast.failed(e);
    }
  };
  const currency = b.money?.budget.currency ?? '';
  const bar = b.unit === 'hours'
    ? b.used_seconds !== null && { used: b.used_seconds, total: Number(b.hours) * 3600, format: hours }
    : b.money?.used && { used: Number(b.money.used.amount), total: Number(b.money.budget.amount), format: (n: number) => formatMoney({ amount: String(n), currency }) };
  return (
    <Box component="li" sx={{ py: 4, borderBottom: 1, borderColor: 'divider', '&:first-of-type': { pt: 0 }, '&:last-of-type': { borderBottom: 0, pb: 0 } }}>
      <Box sx={{ display: 'flex', gap: 2, alignItems: 'center', flexWrap: 'wrap', mb: 2 }}>
        <Typography component="h3" sx={{ fontWeight: 560 }} className="said">{name}</Typography>
        <Typography variant="body2" component="span" sx={{ color: 'text.secondary' }}>{t(`budget.unit.${b.unit}`)}</Typography>
        {b.hard_stop && <StatusChip label={t(b.stopped ? 'budget.stopped' : 'budget.hardStop')} tone={b.stopped ? 'danger' : 'neutral'} />}
        {!b.stopped && b.level > 0 && <StatusChip label={t('budget.level', { level: b.level })} tone={b.level >= 100 ? 'danger' : b.level >= 75 ? 'warning' : 'neutral'} />}
        <Box sx={{ flex: 1 }} />
        {onEdit && (
          <Box sx={{ display: 'flex', gap: 1 }}>
            <Button size="small" aria-label={t('budget.editOf', { name })} onClick={onEdit}>{t('budget.edit')}</Button>
            <Button size="small" color="inherit" aria-label={t('budget.removeOf', { name })} onClick={() => void takeAway()}>{t('budget.remove')}</Button>
          </Box>
        )}
      </Box>
      {bar ? <BudgetBar label={`${name}, ${t(`budget.unit.${b.unit}`)}`} {...bar} marks={b.alerts} /> : <Typography>{t('budget.agreed')}: {b.money ? formatMoney(b.money.budget) : `${b.hours} h`}</Typography>}
      <Typography variant="caption" component="p" sx={{ mt: 2, color: 'text.secondary' }}>
        {t(b.approved_only ? 'budget.countsApproved' : 'budget.countsLogged')}{b.unit === 'money' ? ` · ${t('budget.countsWorth')}` : b.billable_only ? ` · ${t('budget.countsBillable')}` : ''}
        {b.alerts.length > 0 && ` · ${t('budget.alertsAt', { at: b.alerts.join(', ') })}`}
      </Typography>
      <Forecast budget={b} due={due} />
    </Box>
  );
}

function Forecast({ budget: b, due }: { budget: BudgetView; due: string | null }) {
  const t = useT();
  const zone = useMe()?.agency.time_zone;
  const pace = b.unit === 'hours' ? (b.weekly_seconds ? hours(b.weekly_seconds) : '') : b.money?.weekly && Number(b.money.weekly.amount) > 0 ? formatMoney(b.money.weekly) : '';
  const days = due ? daysBetween(today(zone), due) : 0;
  const parts: string[] = [];
  if (pace) parts.push(t('budget.pace', { pace }));
  if (b.runs_out_on) parts.push(t('budget.runsOut', { day: formatDay(b.runs_out_on) }));
  if (b.unit === 'hours' && days > 0 && (b.left_seconds ?? 0) > 0) parts.push(t('budget.perWeek', { hours: hours(Math.floor(((b.left_seconds ?? 0) * 7) / days / 60) * 60), day: formatDay(due ?? '') }));
  if (parts.length === 0) return null;
  return <Typography variant="caption" component="p" sx={{ color: b.runs_out_on && due && b.runs_out_on < due ? 'warning.main' : 'text.secondary' }}>{parts.join(' · ')}</Typography>;
}
