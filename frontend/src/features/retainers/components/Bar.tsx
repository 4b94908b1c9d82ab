import type { RetainerPeriodView } from '../../../shared/api/gen/retainers.gen';
import { formatFigure, usage } from '../../../shared/lib/figures';
import { formatDuration } from '../../../shared/lib/duration';
import { formatMoney } from '../../../shared/lib/money';
import { BudgetBar } from '../../../shared/ui/small';
import { useT } from '../locales/en';
import { isNothing, said, size } from '../model';

/** What was used of what there is, as a bar with its numbers. */
export function Bar({ period, currency, compact }: { period: RetainerPeriodView; currency: string; compact?: boolean }) {
  const t = useT();
  const { used, all: whole } = usage(period);
  if (formatFigure(whole) === '–') return '–';
  const format = (n: number) => (whole.seconds === null ? formatMoney({ amount: String(n), currency }) : `${formatDuration(n)} h`);
  // What is beyond it may have come before a block: then there is something left all the same.
  const beyond = isNothing(period.overage) ? '' : `${t('over')}: ${said(period.overage)}`;
  const rest = [beyond, beyond && size(period.left) > 0 && `${t('left')}: ${said(period.left)}`].filter(Boolean).join(' · ');
  return <BudgetBar compact={compact} label={t('bar')} used={size(used)} total={size(whole)} format={format} rest={rest} />;
}
