import { StatusChip } from '../../../shared/ui/small';
import type { RecurringInvoiceView } from '../api';
import { useT } from '../locales/en';
import { stateTones } from '../model';

/** 'every 2 weeks', for a recurring invoice. */
export function useRhythm(): (r: RecurringInvoiceView) => string {
  const t = useT();
  return (r) => t(`every_.${r.every}`, { count: r.count });
}

/** Its state, and that something of it waits. */
export function State({ of: r }: { of: RecurringInvoiceView }) {
  const t = useT();
  return r.open > 0 ? <StatusChip label={t('waits', { count: r.open })} tone="danger" /> : <StatusChip label={t(`state_.${r.state}`)} tone={stateTones[r.state]} />;
}
