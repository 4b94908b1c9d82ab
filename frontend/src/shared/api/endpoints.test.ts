import { expect, it } from 'vitest';

// All features put their calls into one table by name. Of two with the same name the one that is loaded first answers for both: the
// list of entries once asked for those of an invoice, but only of people who had looked at an invoice before.
it('names no call of the server twice', () => {
  const sources = import.meta.glob<string>(['../../**/*.ts', '../../**/*.tsx', '!../../**/*.test.*'], { query: '?raw', import: 'default', eager: true });
  const places = new Map<string, string[]>();
  for (const [file, text] of Object.entries(sources)) {
    for (const [, name] of text.matchAll(/\b(\w+): build\.(?:query|mutation|infiniteQuery)\b/g)) {
      if (name) places.set(name, [...(places.get(name) ?? []), file]);
    }
  }
  expect(places.size).toBeGreaterThan(400);
  expect([...places].filter(([, files]) => files.length > 1)).toEqual([]);
});
