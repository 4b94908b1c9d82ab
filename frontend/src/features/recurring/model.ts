import type { Tone } from '../../shared/ui/small';
import type { NewRecurringInvoice, RecurringInvoiceChange, RecurringInvoiceView, RecurringLine, RecurringPeriod } from './api';

export const everies = ['month', 'quarter', 'year', 'week'] as const;
export type Every = (typeof everies)[number];
export const hows = ['draft', 'issue', 'send'] as const;
export const groups = ['task', 'phase', 'service', 'person', 'day', 'entry'] as const;
export const endings = ['never', 'on', 'times'] as const;
export const listStates = ['active', 'paused', 'ended', 'waits'] as const;
export const stateTones: Record<RecurringInvoiceView['state'], Tone> = { active: 'success', paused: 'warning', ended: 'neutral' };
export type PeriodState = RecurringPeriod['state'] | 'planned';
export const periodTones: Record<PeriodState, Tone> = { planned: 'neutral', billed: 'success', nothing: 'neutral', refused: 'danger', missed: 'warning', skipped: 'neutral' };
export const decidable = (s: PeriodState): boolean => s === 'missed' || s === 'refused';

/** The taxes of a line: those chosen, or the default ones of the day. */
export type LineValues = { description: string; quantity: string; unit: string; unit_price: string; discount_percent: string; discount_amount: string; tax_rate_ids: string[]; default_taxes: boolean };
export type Values = {
  client_id: string; project_id: string; entity_id: string; name: string; currency: string; every: Every; count: number | string | null; day_of_month: number | string | null; starts_on: string;
  ending: (typeof endings)[number]; ends_on: string; times: number | string | null; bill_at: 'start' | 'end'; prorate: boolean; lines: LineValues[]; time: boolean; expenses: boolean; group_by: (typeof groups)[number];
  how: (typeof hows)[number]; terms_days: number | string | null; end_of_month: boolean; reference: string; note: string;
};

const nothing = (s: string) => (Number(s) === 0 ? '' : s);
export const blankLine = (): LineValues => ({ description: '', quantity: '1', unit: '', unit_price: '', discount_percent: '', discount_amount: '', tax_rate_ids: [], default_taxes: true });

export const valuesOf = (r: RecurringInvoiceView | undefined, clientId: string, today: string): Values => ({
  client_id: r?.client_id ?? clientId, project_id: r?.project_id ?? '', entity_id: r?.entity_id ?? '', name: r?.name ?? '', currency: r?.currency ?? '', every: r?.every ?? 'month', count: r?.count ?? 1,
  day_of_month: r ? r.day_of_month || null : 1, starts_on: r?.starts_on ?? today, ending: r?.ends_on ? 'on' : r?.times ? 'times' : 'never', ends_on: r?.ends_on ?? '', times: r?.times || null,
  bill_at: r?.bill_at ?? 'start', prorate: r?.prorate ?? true, time: r?.time ?? false, expenses: r?.expenses ?? false, group_by: r?.group_by ?? 'task', how: r?.how ?? 'draft',
  terms_days: r?.terms_days ?? null, end_of_month: r?.end_of_month ?? false, reference: r?.reference ?? '', note: r?.note ?? '',
  lines: r ? r.lines.map((l) => ({ ...l, discount_percent: nothing(l.discount_percent), discount_amount: nothing(l.discount_amount) })) : [blankLine()],
});

const lineOf = (l: LineValues): RecurringLine => ({
  description: l.description, quantity: l.quantity, unit: l.unit, unit_price: l.unit_price,
  ...(l.discount_percent && { discount_percent: l.discount_percent }), ...(l.discount_amount && !l.discount_percent && { discount_amount: l.discount_amount }), ...(!l.default_taxes && { tax_rate_ids: l.tax_rate_ids }),
});
const whole = (n: number | string | null): number | undefined => (n === null || n === '' ? undefined : Number(n));
const terms = (x: Values) => whole(x.terms_days);

/** What people typed, as the server takes it. */
export function wishOf(x: Values): NewRecurringInvoice {
  const [day, times, days] = [whole(x.day_of_month), whole(x.times), terms(x)];
  return {
    client_id: x.client_id, name: x.name, every: x.every, count: whole(x.count) ?? 1, starts_on: x.starts_on, bill_at: x.bill_at, prorate: x.prorate, lines: x.lines.map(lineOf), time: x.time, expenses: x.expenses,
    group_by: x.group_by, how: x.how, reference: x.reference, note: x.note,
    ...(x.project_id && { project_id: x.project_id }), ...(x.entity_id && { entity_id: x.entity_id }), ...(x.currency && { currency: x.currency }),
    ...(day !== undefined && x.every !== 'week' && { day_of_month: day }), ...(x.ending === 'on' && x.ends_on && { ends_on: x.ends_on }), ...(x.ending === 'times' && times !== undefined && { times }),
    ...(days !== undefined && { terms_days: days, end_of_month: x.end_of_month }),
  };
}

/** The same as a change. Whose it is and its currency stay, and its days once a period was looked at. */
export function changeOf(x: Values, looked: number): RecurringInvoiceChange {
  const { client_id: _c, project_id: _p, currency: _u, every, count, starts_on, bill_at, day_of_month, ...w } = wishOf(x);
  return {
    ...w, entity_id: x.entity_id, ends_on: x.ending === 'on' ? x.ends_on : '', times: x.ending === 'times' ? (whole(x.times) ?? 0) : 0, terms_days: terms(x) ?? -1, end_of_month: terms(x) !== undefined && x.end_of_month,
    ...(looked === 0 && { every, count, starts_on, bill_at, day_of_month: day_of_month ?? 0 }),
  };
}

const number = /^-?\d{1,10}(\.\d+)?$/;
/** Whether the server could tell what comes next from what is typed so far. */
export function tellable(x: Values): boolean {
  const ok = (l: LineValues) => l.description.trim() !== '' && number.test(l.quantity) && number.test(l.unit_price) && (l.discount_percent === '' || number.test(l.discount_percent));
  return Boolean(x.client_id && x.starts_on) && (x.ending !== 'on' || x.ends_on !== '') && (x.lines.length > 0 ? x.lines.every(ok) : x.time || x.expenses);
}

export const ifMatch = (version: number): string => `"${version}"`;
