import type { RetainerFigure, RetainerLine } from '../../shared/api/gen/retainers.gen';
import { asAdded, formatFigure, signedFigure, sizeOf, type FigureValue } from '../../shared/lib/figures';

export const ifMatch = (version: number) => `"${version}"`;
export const said = (f: RetainerFigure | null | undefined) => formatFigure(f as FigureValue | null | undefined);

const of = (f: RetainerFigure) => f as FigureValue;
export const added = (f: RetainerFigure) => asAdded(of(f));
export const signed = (l: RetainerLine) => signedFigure(of(l.figure), l.kind === 'returned');

export const size = (f: RetainerFigure | FigureValue) => sizeOf(f as FigureValue);
export const isNothing = (f: RetainerFigure) => sizeOf(of(f)) === 0;

/** The server's decimals of what stands in a form; empty fields are left out. */
export function given(x: string | number | null | undefined): string | undefined {
  const s = String(x ?? '').trim();
  return s === '' ? undefined : s;
}

/** What a figure is in a form: hours or an amount. */
export function typed(f: RetainerFigure | null | undefined): string | null {
  if (!f) return null;
  if (f.seconds !== null) return String(Math.round(f.seconds / 36) / 100);
  return (f as FigureValue).value?.amount ?? null;
}
