import '@testing-library/jest-dom/vitest';
import { StyleSheet } from '@emotion/sheet';
import { cleanup, configure } from '@testing-library/react';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { session, stepUp } from '../shared/api/session';
import { show } from '../shared/ui/Toast';
import { server } from './server';

// Parts that come later are files of their own, read when a test first opens them.
configure({ asyncUtilTimeout: 15_000 });

// What jsdom lacks. The files of one worker share a window and all modules: what a test leaves in them is put back below.
window.matchMedia = ((q: string) => ({
  matches: screenWidth.matches(q), media: q, addEventListener() {}, removeEventListener() {}, addListener() {}, removeListener() {}, dispatchEvent: () => false, onchange: null,
})) as typeof window.matchMedia;
globalThis.ResizeObserver ??= class { observe() {} unobserve() {} disconnect() {} };
globalThis.IntersectionObserver ??= class { observe() {} unobserve() {} disconnect() {} takeRecords() { return []; } } as never;
Element.prototype.scrollIntoView ??= () => {};
// The virtualizer draws nothing in a box without a size.
Object.defineProperty(Element.prototype, 'clientHeight', { configurable: true, get: () => 800 });
Object.defineProperty(Element.prototype, 'clientWidth', { configurable: true, get: () => 1200 });
Object.defineProperty(HTMLElement.prototype, 'offsetHeight', { configurable: true, get: () => 800 });
Object.defineProperty(HTMLElement.prototype, 'offsetWidth', { configurable: true, get: () => 1200 });

// What classes look like is for the browser to show: here their rules are neither kept nor searched for each element that is
// asked for, which took longer than all else. An element looks as its own style says.
StyleSheet.prototype.insert = () => {};
globalThis.getComputedStyle = (element) => (element as HTMLElement).style;

/** phone(): media queries answer as on a 390 px screen until the test ends. */
export const screenWidth = {
  px: 1440,
  matches(q: string) {
    const max = /max-width:\s*([\d.]+)px/.exec(q);
    const min = /min-width:\s*([\d.]+)px/.exec(q);
    if (!max && !min) return false;
    return (!max || this.px <= Number(max[1])) && (!min || this.px >= Number(min[1]));
  },
};

// React only complains, and may draw a part twice: a test in which it does has failed.
const doubled: string[] = [];
const { error: complain } = globalThis.console;
vi.spyOn(globalThis.console, 'error').mockImplementation((...args: unknown[]) => {
  if (/same key|unique "key"/.test(String(args[0]))) doubled.push(args.map(String).join(' '));
  complain(...args);
});

beforeAll(() => {
  session.go = vi.fn();
  server.listen({ onUnhandledRequest: 'error' });
});
afterEach(() => {
  cleanup();
  server.resetHandlers();
  screenWidth.px = 1440;
  session.leaving = false;
  stepUp.current()?.answer(false);
  show(null);
  localStorage.clear();
  sessionStorage.clear();
  expect(doubled.splice(0)).toEqual([]);
});
afterAll(() => server.close());
