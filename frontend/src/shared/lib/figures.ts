import { formatDuration } from './duration';
import { formatMoney, type MoneyValue } from './money';

/** An amount of a retainer or budget: seconds or money, neither where it is not the reader's to see. */
export type FigureValue = { seconds: number | null; value: MoneyValue | null };

export const formatFigure = (f: FigureValue | null | undefined): string =>
  !f ? '–' : f.seconds !== null ? `${formatDuration(f.seconds)} h` : f.value ? formatMoney(f.value) : '–';

/** For bars: how much it is, whatever of. Never shown. */
export const sizeOf = (f: FigureValue): number => f.seconds ?? Number(f.value?.amount ?? 0);

/** a + b − c … in the unit of the first. */
export function addFigures(first: FigureValue, ...more: [1 | -1, FigureValue][]): FigureValue {
  if (first.seconds !== null) return { seconds: more.reduce((n, [sign, f]) => n + sign * (f.seconds ?? 0), first.seconds), value: null };
  if (!first.value) return first;
  const places = first.value.amount.split('.')[1]?.length ?? 0;
  const minor = (f: FigureValue) => BigInt((f.value?.amount ?? '0').replace('.', ''));
  const sum = more.reduce((n, [sign, f]) => n + BigInt(sign) * minor(f), minor(first));
  const digits = (sum < 0n ? -sum : sum).toString().padStart(places + 1, '0');
  const amount = `${sum < 0n ? '-' : ''}${places > 0 ? `${digits.slice(0, -places)}.${digits.slice(-places)}` : digits}`;
  return { seconds: null, value: { amount, currency: first.value.currency } };
}

/** What is added to an account or taken from it, with the sign apart. */
export const asAdded = (f: FigureValue): { value: string; sign: '+' | '−' } =>
  sizeOf(f) < 0 ? { value: formatFigure(addFigures(f, [-1, f], [-1, f])), sign: '−' } : { value: formatFigure(f), sign: '+' };

/** The same in one piece: "+ 40:00 h". What was taken back has its sign even where it came to nothing. */
export function signedFigure(f: FigureValue, takes = false): string {
  const { value, sign } = asAdded(f);
  return `${takes ? '−' : sign} ${value}`;
}

type Account = { opening: unknown; granted: unknown; adjusted: unknown; used: unknown };

/**
 * What was used of what there is in a period of a retainer. What was taken back, as time that came late, and what is owed lessen
 * what there is; where that leaves less than nothing, they count as used instead: three hours of two say more than none of minus one.
 */
export function usage(account: Account): { used: FigureValue; all: FigureValue } {
  const { opening, granted, adjusted, used } = account as { [k in keyof Account]: FigureValue };
  const all = addFigures(opening, [1, granted], [1, adjusted]);
  if (sizeOf(all) >= 0) return { used, all };
  const taken = [opening, adjusted].filter((f) => sizeOf(f) < 0);
  const each = (sign: 1 | -1) => taken.map((f): [1 | -1, FigureValue] => [sign, f]);
  return { used: addFigures(used, ...each(-1)), all: addFigures(all, ...each(-1)) };
}
