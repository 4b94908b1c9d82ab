import { formatMoney } from '../../../shared/lib/money';
import type { InvoiceRunView } from '../api';

/** Amounts of several currencies are never added. */
export const Totals = ({ of }: { of: InvoiceRunView['totals'] }) => <>{of.map((m) => formatMoney(m)).join(' · ')}</>;
