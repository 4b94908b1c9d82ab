/** Sums of decimal strings: money is never a float. */
export const zero = '0';

const places = (a: string) => (a.split('.')[1] ?? '').length;
const whole = (a: string, n: number) => {
  const [left = '0', right = ''] = a.replace('-', '').split('.');
  const value = BigInt(left + right.padEnd(n, '0'));
  return a.startsWith('-') ? -value : value;
};
const decimal = (value: bigint, n: number) => {
  const digits = (value < 0n ? -value : value).toString().padStart(n + 1, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, digits.length - n)}${n > 0 ? `.${digits.slice(-n)}` : ''}`;
};
const readable = (a: string) => /^-?\d+(\.\d+)?$/.test(a);

function sum(a: string, b: string, sign: bigint): string {
  const [x, y] = [readable(a) ? a : zero, readable(b) ? b : zero];
  const n = Math.max(places(x), places(y));
  return decimal(whole(x, n) + sign * whole(y, n), n);
}

export const plus = (a: string, b: string): string => sum(a, b, 1n);
export const less = (a: string, b: string): string => sum(a, b, -1n);

export function compare(a: string, b: string): number {
  const d = less(a, b);
  return /^-?0+(\.0+)?$/.test(d) ? 0 : d.startsWith('-') ? -1 : 1;
}

/** Gives an amount to what is open, the first first; what is left over goes nowhere. */
export function oldestFirst(amount: string, open: string[]): string[] {
  let left = readable(amount) ? amount : zero;
  return open.map((o) => {
    const part = compare(left, o) < 0 ? left : o;
    left = less(left, part);
    return compare(part, zero) > 0 ? part : '';
  });
}
