import { useCallback, useEffect, useRef, useState } from 'react';
import useMediaQuery from '@mui/material/useMediaQuery';
import type { Theme } from '@mui/material/styles';
import { useSearchParams } from 'react-router';
import { boot } from './boot';

/** Below 600 px. Known at the first render, so nothing jumps. */
export const usePhone = (): boolean => useMediaQuery((t: Theme) => t.breakpoints.down('sm'), { noSsr: true });

/** 'Clients · Acme' in the browser's tab. */
export function useDocumentTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title ? `${title} · ${boot.agency.name}` : boot.agency.name;
  }, [title]);
}

/** A value that follows `value` after it has been quiet for `ms`. */
export function useDebounced<V>(value: V, ms = 250): V {
  const [late, setLate] = useState(value);
  useEffect(() => {
    const h = setTimeout(() => setLate(value), ms);
    return () => clearTimeout(h);
  }, [value, ms]);
  return late;
}

/** One parameter of the address, so that filters and tabs survive a reload and can be shared. */
export function useParam(name: string, fallback = ''): [string, (v: string) => void] {
  const [params, setParams] = useSearchParams();
  const set = useCallback(
    (v: string) =>
      setParams(
        (old) => {
          const next = new URLSearchParams(old);
          if (v === '' || v === fallback) next.delete(name);
          else next.set(name, v);
          return next;
        },
        { replace: true },
      ),
    [name, fallback, setParams],
  );
  return [params.get(name) ?? fallback, set];
}

/** The open tab, kept in the address: const [tab, setTab] = useTab(['overview', 'people'] as const) */
export function useTab<const V extends readonly [string, ...string[]]>(tabs: V, name = 'tab'): [V[number], (v: V[number]) => void] {
  const [raw, set] = useParam(name, tabs[0]);
  return [tabs.includes(raw) ? raw : tabs[0], set];
}

/** Runs fn on a key pressed outside of inputs, with no modifier. */
export function useKey(key: string, fn: () => void, on = true): void {
  const latest = useRef(fn);
  useEffect(() => {
    latest.current = fn;
  });
  useEffect(() => {
    if (!on) return undefined;
    const listen = (e: KeyboardEvent) => {
      if (e.key.toLowerCase() !== key.toLowerCase() || !singleKeyAllowed(e)) return;
      e.preventDefault();
      latest.current();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [key, on]);
}

/** Single-letter keys can be switched off: speech input types them by accident. */
export const shortcuts = {
  get on(): boolean {
    return localStorage.getItem('bureau-keys') !== 'off';
  },
  set on(v: boolean) {
    localStorage.setItem('bureau-keys', v ? 'on' : 'off');
  },
};

export function singleKeyAllowed(e: KeyboardEvent): boolean {
  if (!shortcuts.on || e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented) return false;
  const t = e.target as HTMLElement | null;
  if (t?.closest('input, textarea, select, [contenteditable=true], [role=combobox], [role=menu], [role=listbox]')) return false;
  return !document.querySelector('[role=dialog]') || Boolean(t?.closest('[role=dialog]'));
}
