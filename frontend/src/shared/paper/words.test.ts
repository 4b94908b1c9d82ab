import { describe, expect, it } from 'vitest';
import { say, words } from './words';
import { written } from './written';

describe('words of documents', () => {
  it('has every word with the same places in every language', () => {
    const places = (text: string) => [...text.matchAll(/\{\{\w+\}\}/g)].map((m) => m[0]).toSorted();
    for (const language of Object.keys(words)) {
      const its = words[language]!;
      expect(Object.keys(its)).toEqual(Object.keys(words.en!));
      for (const [key, text] of Object.entries(its)) {
        expect(text, `${language} ${key}`).not.toBe('');
        expect(places(text), `${language} ${key}`).toEqual(places(words.en![key as keyof typeof its]));
      }
    }
  });
  it('writes days, amounts and numbers as the language does', () => {
    const de = written({ language: 'de', locale: 'de-DE' });
    expect(say('fr', 'pay', { day: '01/04/2026' })).toBe('À régler avant le 01/04/2026 sur');
    expect(de.day('2026-04-01')).toBe('01.04.2026');
    expect(de.money({ amount: '1234.50', currency: 'EUR' })).toBe('1.234,50\u00a0€');
    expect(de.number('9.975')).toBe('9,975');
  });
});
