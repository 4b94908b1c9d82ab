/** Roles that staff can hold, the most powerful first. */
export const staffRoles = ['owner', 'admin', 'manager', 'finance', 'member'] as const;
export type StaffRole = (typeof staffRoles)[number];

export const locales = ['en-US', 'en-GB', 'en-AU', 'en-CA', 'en-IE', 'de-DE', 'de-AT', 'de-CH', 'fr-FR', 'fr-CA', 'es-ES', 'es-MX', 'nl-NL', 'it-IT', 'pt-PT', 'pt-BR', 'sv-SE', 'da-DK', 'pl-PL'] as const;

export const weekDays = ['monday', 'sunday', 'saturday', 'tuesday', 'wednesday', 'thursday', 'friday'] as const;

/** "1.250,00 · 31.12.2026": what a locale does to numbers and dates. */
export function localeSample(locale: string, language: string): string {
  const name = new Intl.DisplayNames(language, { type: 'language' }).of(locale) ?? locale;
  const number = new Intl.NumberFormat(locale, { minimumFractionDigits: 2 }).format(1250);
  const day = new Intl.DateTimeFormat(locale, { timeZone: 'UTC' }).format(Date.UTC(2026, 11, 31));
  return `${name}: ${number} · ${day}`;
}

/** "1.2 MB", in the units of the reader's language. */
export function bytes(n: number, language?: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const i = Math.min(n < 1 ? 0 : Math.floor(Math.log10(n) / 3), units.length - 1);
  return new Intl.NumberFormat(language, { style: 'unit', unit: units[i], unitDisplay: i === 0 ? 'long' : 'short', maximumFractionDigits: i === 0 ? 0 : 1 }).format(n / 1000 ** i);
}

const browsers: [RegExp, string][] = [[/\bEdg(e|A|iOS)?\//, 'Edge'], [/\bOPR\//, 'Opera'], [/\bFirefox\/|\bFxiOS\//, 'Firefox'], [/Chrome\/|\bCriOS\//, 'Chrome'], [/\bSafari\//, 'Safari']];
const systems: [RegExp, string][] = [[/\biPhone\b/, 'iPhone'], [/\biPad\b/, 'iPad'], [/\bAndroid\b/, 'Android'], [/\bWindows\b/, 'Windows'], [/\bMac OS X\b|\bMacintosh\b/, 'Mac'], [/\bCrOS\b/, 'ChromeOS'], [/\bLinux\b/, 'Linux']];

/** What a user agent says in two words; empty when it says nothing that we know. */
export function deviceOf(userAgent: string): { browser: string; system: string } {
  const find = (list: [RegExp, string][]) => list.find(([re]) => re.test(userAgent))?.[1] ?? '';
  return { browser: find(browsers), system: find(systems) };
}

/** Addresses typed or pasted in any usual way, each once; what is none of them comes apart. */
export function addressesIn(text: string): { good: string[]; bad: string[] } {
  const good = new Map<string, string>();
  const bad: string[] = [];
  for (const part of text.split(/[,;\n]+/)) {
    // "Ann Ito <ann@acme.example>" is one address; words without brackets are one each.
    const inside = /<([^<>]*)>/.exec(part)?.[1];
    for (const piece of inside === undefined ? part.split(/\s+/) : [inside.trim()]) {
      if (!piece) continue;
      if (/^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>".]+$/.test(piece)) good.set(piece.toLowerCase(), piece);
      else bad.push(piece);
    }
  }
  return { good: [...good.values()], bad };
}
