import { describe, expect, it } from 'vitest';
import { compare, less, oldestFirst, plus } from './spread';

describe('sums of decimal strings', () => {
  it('adds what floats cannot', () => {
    expect(plus('0.1', '0.2')).toBe('0.3');
    expect(less('100', '0.01')).toBe('99.99');
    expect(less('1.10', '2.2')).toBe('-1.10');
    expect(plus('9007199254740993.01', '0.01')).toBe('9007199254740993.02');
    expect(compare('1.0', '1')).toBe(0);
    expect(compare('-0.01', '0')).toBe(-1);
    expect(plus('', 'x')).toBe('0');
  });

  it('pays the oldest first', () => {
    expect(oldestFirst('350.00', ['100.00', '200.00', '300.00'])).toEqual(['100.00', '200.00', '50.00']);
    expect(oldestFirst('700.00', ['100.00', '200.00'])).toEqual(['100.00', '200.00']);
    expect(oldestFirst('100.00', ['100.00', '200.00'])).toEqual(['100.00', '']);
  });
});
