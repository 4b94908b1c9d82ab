import { expect, it } from 'vitest';
import { fill, say, textAt } from './texts';

const texts = { title: 'Clients', list: { rows_one: '{{count}} row', rows_other: '{{count}} rows', greeting: 'Hello {{name}}, {{name}}' }, 'dots.in.it': 'A code' } as const;

it('finds a text by its path, and nothing that is none', () => {
  expect(textAt(texts, ['title'])).toBe('Clients');
  expect(textAt(texts, ['list', 'greeting'])).toBe('Hello {{name}}, {{name}}');
  expect(textAt(texts, ['dots.in.it'])).toBe('A code');
  for (const path of [['list'], ['list', 'none'], ['title', 'length'], ['toString'], []]) expect(textAt(texts, path)).toBeUndefined();
});

it('fills in values as they are, and leaves no braces where one is missing', () => {
  expect(say(texts, 'list.greeting', { name: '<b> $& ' })).toBe('Hello <b> $& , <b> $& ');
  expect(fill('{{a}} and {{b}}', { a: 0, b: null })).toBe('0 and ');
  expect(fill('{{a}}!')).toBe('!');
});

it('takes the form of the count', () => {
  expect([0, 1, 2, 1.5].map((count) => say(texts, 'list.rows', { count }))).toEqual(['0 rows', '1 row', '2 rows', '1.5 rows']);
  expect(say(texts, 'title', { count: 1 })).toBe('Clients');
  expect(say(texts, 'list.rows')).toBeUndefined();
});
