import { addMonths, endOfMonth, startOfMonth, startOfWeek, addDays, type Day } from '../../shared/lib/dates';
import { parseAmount } from '../../shared/lib/money';
import type { Tone } from '../../shared/ui/small';
import type { InvoiceLineInput, InvoiceView } from './api';

export type Status = InvoiceView['status'];
export const tones: Record<Status, Tone> = { draft: 'neutral', open: 'brand', partly_paid: 'warning', overdue: 'danger', paid: 'success', void: 'neutral' };

export const tabs = ['all', 'draft', 'open', 'overdue', 'paid', 'void'] as const;

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

export type LineValues = { id: string; kind: string; description: string; quantity: string; unit: string; unit_price: string; discount_percent: string; tax_rate_ids: string[] };
export type DraftValues = {
  issue_on: string; due_on: string; supply_on: string; period_from: string; period_to: string;
  reference: string; note: string; footer: string; prices_include_tax: boolean; lines: LineValues[];
};

export const draftValues = (i: InvoiceView): DraftValues => ({
  issue_on: i.issue_on ?? '', due_on: i.due_on ?? '', supply_on: i.supply_on ?? '', period_from: i.period_from ?? '', period_to: i.period_to ?? '',
  reference: i.reference, note: i.note, footer: i.footer, prices_include_tax: i.prices_include_tax,
  lines: i.lines.map((l) => ({
    id: l.id, kind: l.kind, description: l.description, quantity: l.quantity, unit: l.unit, unit_price: l.unit_price,
    discount_percent: l.discount_percent === '0' ? '' : l.discount_percent, tax_rate_ids: l.tax_rate_ids,
  })),
});

/** A line as the server takes it: what people type becomes a plain decimal. */
export const lineInput = (l: LineValues): InvoiceLineInput => ({
  ...(l.id && { id: l.id }), description: l.description, quantity: parseAmount(l.quantity) ?? l.quantity, unit: l.unit,
  unit_price: parseAmount(l.unit_price) ?? l.unit_price, discount_percent: l.discount_percent ? (parseAmount(l.discount_percent) ?? l.discount_percent) : '0',
  tax_rate_ids: l.tax_rate_ids,
});

/** Whether the server could calculate the lines as they are being typed. */
export const countable = (lines: LineValues[]): boolean =>
  lines.every((l) => l.description.trim() !== '' && parseAmount(l.quantity) !== null && parseAmount(l.unit_price) !== null && (l.discount_percent === '' || parseAmount(l.discount_percent) !== null));

export const ifMatch = (version: number) => `"${version}"`;
