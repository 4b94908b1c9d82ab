import { expect, it } from 'vitest';
import { momentOf, partsOf } from './model';

it('reads and writes moments on the clocks of the agency, wherever the browser is', () => {
  expect(partsOf('2026-11-24T23:30:00Z', 'Europe/Berlin')).toEqual({ day: '2026-11-25', time: '00:30' });
  expect(partsOf('2026-11-24T23:30:00Z', 'America/New_York')).toEqual({ day: '2026-11-24', time: '18:30' });
  expect(momentOf('2026-11-25', '00:30', 'Europe/Berlin')).toBe('2026-11-24T23:30:00.000Z');
  expect(momentOf('2026-07-01', '', 'America/New_York')).toBe('2026-07-01T16:00:00.000Z');
});
