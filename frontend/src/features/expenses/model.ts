import type { ExpenseInput, ExpenseView } from '../../shared/api/gen/expenses.gen';
import type { Tone } from '../../shared/ui/small';

export const ifMatch = (version: number) => `"${version}"`;

export const accept = 'image/jpeg,image/png,image/webp,application/pdf';
export const maxBytes = 7 * 1024 * 1024;

export const tones: Record<ExpenseView['state'], Tone> = { draft: 'neutral', submitted: 'brand', approved: 'success', rejected: 'danger' };

export const receiptUrl = (e: Pick<ExpenseView, 'id'>, receiptId: string, small = false) => `/api/v1/expenses/${e.id}/receipts/${receiptId}${small ? '?small=true' : ''}`;

/** What the form holds; amounts are the server's decimal strings. */
export type Values = {
  kind: ExpenseView['kind'];
  day: string;
  category_id: string;
  project_id: string;
  merchant: string;
  note: string;
  gross: string | null;
  currency: string;
  tax_percent: string | null;
  tax: string | null;
  exchange_rate: string | null;
  billable: boolean | undefined;
  markup_percent: string | null;
  reimbursable: boolean;
  allowance: string;
  distance: string | null;
  start: string;
  end: string;
  days: AwayDay[];
};

export type AwayDay = { day: string; half: boolean; breakfast: boolean; lunch: boolean; dinner: boolean };

/** A markup of nobody's is of the time before it was noted: it may have been typed in. */
const kept = new Set<ExpenseView['markup_source']>(['expense', '']);

export function valuesOf(e: ExpenseView | undefined, blank: { day: string; currency: string; kind?: ExpenseView['kind']; project_id?: string }): Values {
  return {
    kind: e?.kind ?? blank.kind ?? 'receipt', day: e?.day ?? blank.day, category_id: e?.category_id ?? '', project_id: e?.project_id ?? blank.project_id ?? '', merchant: e?.merchant ?? '', note: e?.note ?? '',
    gross: e && Number(e.gross.amount) > 0 && e.kind === 'receipt' ? e.gross.amount : null, currency: e?.gross.currency ?? blank.currency,
    // A draft that came from a photo takes what its category says; one that was filled in keeps what it has.
    tax_percent: e?.category_id && !e.tax_by_hand ? e.tax_percent : null, tax: e?.tax_by_hand ? e.tax.amount : null,
    exchange_rate: e?.exchange_source === 'hand' ? e.exchange_rate : null, billable: e?.category_id ? e.billable : undefined, markup_percent: e && kept.has(e.markup_source) && e.category_id ? e.markup_percent : null,
    reimbursable: e?.reimbursable ?? true, allowance: (e?.mileage ?? e?.per_diem)?.allowance ?? '', distance: e?.mileage?.distance ?? null, start: e?.mileage?.start ?? '', end: e?.mileage?.end ?? '',
    days: e?.per_diem?.days.map(({ day, half, breakfast, lunch, dinner }) => ({ day, half, breakfast, lunch, dinner })) ?? [],
  };
}

export function inputOf(v: Values): ExpenseInput {
  const some = (s: string | null) => (s === null || s === '' ? undefined : s);
  const all = { kind: v.kind, category_id: v.category_id, project_id: v.project_id || undefined, note: v.note, billable: v.project_id ? v.billable : undefined, markup_percent: some(v.markup_percent), reimbursable: v.reimbursable };
  if (v.kind === 'mileage') return { ...all, gross: '', day: v.day, allowance: v.allowance, distance: v.distance ?? '', start: v.start, end: v.end };
  if (v.kind === 'per_diem') return { ...all, gross: '', allowance: v.allowance, days: v.days };
  return { ...all, day: v.day, merchant: v.merchant, gross: v.gross ?? '', currency: v.currency, tax_percent: some(v.tax_percent), tax: some(v.tax), exchange_rate: some(v.exchange_rate) };
}

/** The days of a stay: arrival and departure count half. What was ticked before stays. */
export function stay(from: string, to: string, before: AwayDay[], next: (d: string) => string): AwayDay[] {
  const out: AwayDay[] = [];
  for (let d = from; d <= to && out.length < 100; d = next(d)) {
    out.push(before.find((x) => x.day === d) ?? { day: d, half: d === from || d === to, breakfast: false, lunch: false, dinner: false });
  }
  return out;
}
