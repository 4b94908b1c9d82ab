import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import { useEffect, useRef, type KeyboardEvent } from 'react';

type Props<V extends string> = { label: string; value: V; onChange: (v: V) => void; tabs: { value: V; label: string }[] };

/**
 * Tabs over the parts of a page; keep the open one in the address with useTab.
 * Arrows walk, Enter opens. MUI's measure themselves in scripts and weigh as much as a page.
 */
export function TabBar<V extends string>({ label, value, onChange, tabs }: Props<V>) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const open = list.current?.querySelector<HTMLElement>('[aria-selected=true]');
    // Only the bar itself moves: the page stays where it is.
    if (open && list.current) list.current.scrollLeft = open.offsetLeft + open.offsetWidth / 2 - list.current.clientWidth / 2;
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- another open tab is what moves the bar
  }, [value]);
  const walk = (e: KeyboardEvent<HTMLDivElement>) => {
    const all = Array.from(e.currentTarget.querySelectorAll<HTMLElement>('[role=tab]'));
    const at = all.indexOf(e.target as HTMLElement);
    const to = { ArrowRight: (at + 1) % all.length, ArrowLeft: (at - 1 + all.length) % all.length, Home: 0, End: all.length - 1 }[e.key];
    if (at < 0 || to === undefined) return;
    e.preventDefault();
    all[to]?.focus();
  };
  return (
    <Box ref={list} role="tablist" aria-label={label} onKeyDown={walk} sx={{ position: 'relative', display: 'flex', mb: 4, borderBottom: 1, borderColor: 'divider', overflowX: 'auto', overflowY: 'hidden', scrollbarWidth: 'none' }}>
      {tabs.map((t) => {
        const open = t.value === value;
        return (
          <ButtonBase
            key={t.value} id={`tab-${t.value}`} role="tab" aria-selected={open} tabIndex={open ? 0 : -1} onClick={() => onChange(t.value)}
            sx={{ flexShrink: 0, minHeight: 44, minWidth: 64, px: 3, fontSize: 14, fontWeight: 560, whiteSpace: 'nowrap', color: open ? 'primary.main' : 'text.secondary', boxShadow: open ? 'inset 0 -2px currentColor' : 'none', '&:hover': { color: open ? 'primary.main' : 'text.primary' }, '&.Mui-focusVisible': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: -2 } }}
          >
            {t.label}
          </ButtonBase>
        );
      })}
    </Box>
  );
}
