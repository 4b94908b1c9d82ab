import { useEffect, useRef } from 'react';

// Keys and the palette say what is wanted; whoever can do it listens.
export type Command = 'new' | 'edit' | 'timer.toggle' | 'time.log' | 'previous' | 'next' | 'palette' | 'shortcuts';

const name = (c: Command) => `bureau:${c}`;

/** Returns whether anybody did it. */
export const command = (c: Command): boolean => !window.dispatchEvent(new Event(name(c), { cancelable: true }));

/** useCommand('new', () => setOpen(true)): this page's answer to the key C and to "New…" in the palette. */
export function useCommand(c: Command, fn: () => void, on = true): void {
  const latest = useRef(fn);
  useEffect(() => {
    latest.current = fn;
  });
  useEffect(() => {
    if (!on) return undefined;
    const listen = (e: Event) => {
      if (e.defaultPrevented) return;
      e.preventDefault();
      latest.current();
    };
    window.addEventListener(name(c), listen);
    return () => window.removeEventListener(name(c), listen);
  }, [c, on]);
}
