import { usePaymentsCreditQuery } from '../../../shared/api/gen/invoices.gen';
import { Money } from '../../../shared/ui/small';

/** What is left of the client's payments, one amount a currency. */
export function Credit({ clientId }: { clientId: string }) {
  const { data } = usePaymentsCreditQuery({ clientId });
  if (!data || data.items.length === 0) return '–';
  return data.items.map((m, i) => <span key={m.currency}>{i > 0 && ' · '}<Money value={m} /></span>);
}
