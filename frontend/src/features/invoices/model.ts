import { addMonths, endOfMonth, startOfMonth, startOfWeek, addDays, type Day } from '../../shared/lib/dates';
import type { Tone } from '../../shared/ui/small';
import type { InvoiceLineInput, InvoiceView } from './api';

export type Status = InvoiceView['status'];
export const tones: Record<Status, Tone> = { draft: 'neutral', in_review: 'warning', ready: 'success', open: 'brand', partly_paid: 'warning', overdue: 'danger', paid: 'success', credited: 'success', written_off: 'neutral', void: 'neutral', credit_note: 'neutral' };

/** How money comes and goes. */
export const methods = ['bank_transfer', 'card', 'cash', 'cheque', 'other'] as const;
export type Method = (typeof methods)[number];

export const tabs = ['all', 'draft', 'in_review', 'open', 'overdue', 'paid', 'credit_note', 'void'] as const;

export type Preset = 'lastMonth' | 'thisMonth' | 'lastWeek' | 'lastQuarter' | 'own';
export const presets: Preset[] = ['lastMonth', 'thisMonth', 'lastWeek', 'lastQuarter', 'own'];

/** The days of a preset, seen from `today`. */
export function period(preset: Preset, today: Day, weekStart: string): { from: Day; to: Day } {
  switch (preset) {
    case 'thisMonth':
      return { from: startOfMonth(today), to: today };
    case 'lastWeek': {
      const from = addDays(startOfWeek(today, weekStart), -7);
      return { from, to: addDays(from, 6) };
    }
    case 'lastQuarter': {
      const month = Number(today.slice(5, 7));
      const from = addMonths(startOfMonth(today), -((month - 1) % 3) - 3);
      return { from, to: endOfMonth(addMonths(from, 2)) };
    }
    default: {
      const from = addMonths(startOfMonth(today), -1);
      return { from, to: endOfMonth(from) };
    }
  }
}

/** How an exchange rate is quoted. It is kept as it was: turned round it would be rounded twice. */
export const directions = ['base_per_unit', 'units_per_base'] as const;
export type Direction = (typeof directions)[number];
export const quote = (r: { value: string; direction: string; base: string }, currency: string) => (r.direction === 'units_per_base' ? `1 ${r.base} = ${r.value} ${currency}` : `1 ${currency} = ${r.value} ${r.base}`);

/** One of the two is written; `discount_in` says which. */
export type DiscountValues = { discount_in: 'percent' | 'amount'; discount_percent: string; discount_amount: string };
export type LineValues = { id: string; kind: string; description: string; quantity: string; unit: string; unit_price: string; tax_rate_ids: string[] } & DiscountValues;
export type DraftValues = {
  issue_on: string; due_on: string; supply_on: string; period_from: string; period_to: string;
  reference: string; note: string; footer: string; prices_include_tax: boolean; exchange_rate: string; exchange_direction: Direction; lines: LineValues[];
} & DiscountValues;

const nothing = (s: string) => (Number(s) === 0 ? '' : s);
const discountValues = (x: { discount_percent: string; discount_amount: string }): DiscountValues => ({
  discount_in: nothing(x.discount_amount) ? 'amount' : 'percent', discount_percent: nothing(x.discount_percent), discount_amount: nothing(x.discount_amount),
});

/** A discount as the server takes it. */
export const discountInput = (x: DiscountValues) => {
  return { discount_percent: x.discount_in === 'percent' ? x.discount_percent || '0' : '0', discount_amount: x.discount_in === 'amount' ? x.discount_amount || '0' : '0' };
};

export const draftValues = (i: InvoiceView): DraftValues => ({
  issue_on: i.issue_on ?? '', due_on: i.due_on ?? '', supply_on: i.supply_on ?? '', period_from: i.period_from ?? '', period_to: i.period_to ?? '',
  reference: i.reference, note: i.note, footer: i.footer, prices_include_tax: i.prices_include_tax, exchange_rate: i.exchange?.value ?? '', exchange_direction: i.exchange?.direction ?? 'base_per_unit', ...discountValues(i),
  lines: i.lines.map((l) => ({
    id: l.id, kind: l.kind, description: l.description, quantity: l.quantity, unit: l.unit, unit_price: l.unit_price,
    ...discountValues(l), tax_rate_ids: l.tax_rate_ids,
  })),
});

/** A line as the server takes it. */
export const lineInput = (l: LineValues): InvoiceLineInput => ({
  ...(l.id && { id: l.id }), description: l.description, quantity: l.quantity, unit: l.unit,
  unit_price: l.unit_price, ...discountInput(l),
  tax_rate_ids: l.tax_rate_ids,
});

/** Whether the server could calculate the lines as they are being typed. */
export const countable = (lines: LineValues[]): boolean =>
  lines.every((l) => l.description.trim() !== '' && l.quantity !== '' && l.unit_price !== '');

export const ifMatch = (version: number) => `"${version}"`;

/** What becomes one line of an invoice from time. */
export const groups = ['task', 'phase', 'service', 'person', 'day', 'entry'] as const;
