import { afterEach, expect, test } from 'vitest';
import { parseDuration } from './duration';
import { i18n } from './i18n';
import { parseAmount, writeDecimal } from './money';

const before = i18n.language;
afterEach(() => { i18n.language = before; });
const reads = (locale: string, text: string) => { i18n.language = locale; return parseAmount(text); };

/** What is typed, as it is read where numbers are written 1,234.50, 1.234,50 and 1 234,50. */
test.each<[string, string | null, string | null, string | null]>([
  // No locale can read these in two ways.
  ['1250', '1250', '1250', '1250'],
  ['12,5', '12.5', '12.5', '12.5'],
  ['12.50', '12.50', '12.50', '12.50'],
  ['1.250,50', '1250.50', '1250.50', '1250.50'],
  ['1,250.50', '1250.50', '1250.50', '1250.50'],
  ['1,234.567', '1234.567', '1234.567', '1234.567'],
  ['1 250,50', '1250.50', '1250.50', '1250.50'],
  ["1'250.50", '1250.50', '1250.50', '1250.50'],
  ['1’250.50', '1250.50', '1250.50', '1250.50'],
  ['1.250.000', '1250000', '1250000', '1250000'],
  ['1,250,000.5', '1250000.5', '1250000.5', '1250000.5'],
  ['1234,567', '1234.567', '1234.567', '1234.567'],
  ['1234.567', '1234.567', '1234.567', '1234.567'],
  ['1,2345', '1.2345', '1.2345', '1.2345'],
  // A group of thousands never begins with a nought.
  ['0,125', '0.125', '0.125', '0.125'],
  ['0.125', '0.125', '0.125', '0.125'],
  ['-0,125', '-0.125', '-0.125', '-0.125'],
  ['00,125', '0.125', '0.125', '0.125'],
  ['01,250', '1.250', '1.250', '1.250'],
  [',125', '0.125', '0.125', '0.125'],
  ['.5', '0.5', '0.5', '0.5'],
  ['-.5', '-0.5', '-0.5', '-0.5'],
  ['12.', '12', '12', '12'],
  // These depend on how numbers are written, or are refused.
  ['1,234', '1234', '1.234', '1.234'],
  ['1.234', '1.234', '1234', null],
  ['-12.345', '-12.345', '-12345', null],
  ['123,456', '123456', '123.456', '123.456'],
  // These are no numbers.
  ['', null, null, null],
  [',', null, null, null],
  ['ten', null, null, null],
  ['1,2,3', null, null, null],
  ['1,25,50', null, null, null],
  ['1.2345,5', null, null, null],
  ['0,125,000', null, null, null],
  ['1.250.50,5', null, null, null],
  ['1,250.500.250', null, null, null],
  ['--1', null, null, null],
])('%s', (text, english, german, french) => {
  expect([reads('en-US', text), reads('de-DE', text), reads('fr-FR', text)]).toEqual([english, german, french]);
});

test('in Switzerland a comma between three figures is neither', () => {
  expect(reads('de-CH', '1,234')).toBeNull();
  expect(reads('de-CH', '1.234')).toBe('1.234');
});

test.each(['en-US', 'en-GB', 'de-DE', 'de-AT', 'de-CH', 'fr-FR', 'fr-CA', 'es-ES', 'es-MX', 'nl-NL', 'it-IT', 'pt-PT', 'pt-BR', 'sv-SE', 'da-DK', 'pl-PL'])('%s reads what it writes', (locale) => {
  for (const plain of ['0.125', '1.234', '12.345', '1234', '1234.567', '1234567.5', '-0.001', '-1234.5']) {
    expect(reads(locale, new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 6 }).format(Number(plain)))?.replace(/\.?0+$/, '')).toBe(plain.replace(/\.0+$/, ''));
    expect(reads(locale, writeDecimal(plain))).toBe(plain);
  }
});

test('hours are read in the same way', () => {
  const hours = (locale: string, text: string) => { i18n.language = locale; return parseDuration(text); };
  expect([hours('en-US', '1,5'), hours('de-DE', '1.5')]).toEqual([5400, 5400]);
  expect([hours('en-US', '0,125'), hours('de-DE', '0.125')]).toEqual([480, 480]);
  expect([hours('en-US', '1.250'), hours('de-DE', '1.250'), hours('fr-FR', '1.250')]).toEqual([4500, 4_500_000, null]);
  expect([hours('en-US', '1,250h'), hours('de-DE', '1,250h')]).toEqual([4_500_000, 4500]);
  expect([hours('en-US', '1,250:30'), hours('de-DE', '1.250:30')]).toEqual([4_501_800, 4_501_800]);
});

test.each<[string, number | null]>([
  ['1:30', 5400], [':45', 2700], ['1.5', 5400], ['90m', 5400], ['45 min', 2700], ['1h 30m', 5400], ['1h30m', 5400], ['2 hours', 7200], ['2h', 7200], ['0', 0],
  ['1:75', null], ['1.5:30', null], ['1h30', null], ['-1', null], ['h', null], ['m', null], ['', null], ['soon', null],
])('%s as a time', (text, seconds) => expect(parseDuration(text)).toBe(seconds));
