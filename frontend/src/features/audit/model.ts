export type Change = { field: string; before: string; after: string; changed: boolean };

const flatten = (v: unknown, at = '', out = new Map<string, string>()): Map<string, string> => {
  if (v !== null && typeof v === 'object') {
    const entries = Object.entries(v);
    if (entries.length === 0 && at) out.set(at, Array.isArray(v) ? '[]' : '{}');
    for (const [k, x] of entries) flatten(x, at ? `${at}.${k}` : k, out);
  } else if (at) out.set(at, v === null || v === undefined ? '' : String(v));
  return out;
};

/** Every field of a record before and after, those that differ first. */
export function compare(before: unknown, after: unknown): Change[] {
  const b = flatten(before);
  const a = flatten(after);
  return [...new Set([...b.keys(), ...a.keys()])]
    .map((field) => ({ field, before: b.get(field) ?? '', after: a.get(field) ?? '', changed: b.get(field) !== a.get(field) }))
    .sort((x, y) => Number(y.changed) - Number(x.changed));
}

/** 'clients.client_changed' -> 'Client changed' */
export function said(action: string): string {
  const words = (action.split('.').at(-1) ?? action).replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
