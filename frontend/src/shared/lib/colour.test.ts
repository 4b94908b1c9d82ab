import { expect, it } from 'vitest';
import { contrast, readable } from './colour';
import shades from './shades.json';

// The server proposes the same shades; its test reads the same file.
it.each(Object.entries(shades))('moves %s to %s, on which white can be read', (hex, shade) => {
  expect(readable(hex, ['#ffffff'], 'dark').toUpperCase()).toBe(shade);
  expect(contrast(shade, '#ffffff')).toBeGreaterThanOrEqual(4.5);
});
