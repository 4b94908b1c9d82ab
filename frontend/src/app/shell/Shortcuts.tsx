import { useColorScheme } from '@mui/material/styles';
import { useEffect, useRef } from 'react';
import { useNavigate } from 'react-router';
import { command, type Command } from '../../shared/lib/commands';
import { singleKeyAllowed } from '../../shared/lib/hooks';
import type { NavItem } from '../../shared/lib/nav';

const places: Record<string, NavItem['key']> = { h: 'home', t: 'time', p: 'projects', k: 'tasks', c: 'clients', i: 'invoices', a: 'approvals', s: 'settings' };
const commands: Record<string, Command> = { n: 'time.log', t: 'timer.toggle', c: 'new', e: 'edit', '[': 'previous', ']': 'next', '?': 'shortcuts' };

/** The keys of the whole app. What each does is up to the page or feature that listens. */
export function Shortcuts({ items }: { items: NavItem[] }) {
  const navigate = useNavigate();
  const { mode, systemMode, setMode } = useColorScheme();
  const leader = useRef(0);
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      if ((e.ctrlKey || e.metaKey) && !e.shiftKey && !e.altKey && e.key.toLowerCase() === 'k') {
        e.preventDefault();
        command('palette');
        return;
      }
      if (!singleKeyAllowed(e)) return;
      const key = e.key.toLowerCase();
      const afterG = Date.now() - leader.current < 1200;
      leader.current = key === 'g' && !afterG ? Date.now() : 0;
      if (key === 'g') return;
      if (afterG) {
        const to = items.find((n) => n.key === places[key])?.to;
        if (to) {
          e.preventDefault();
          void navigate(to);
        }
        return;
      }
      if (key === 'd') setMode((mode === 'system' ? systemMode : mode) === 'dark' ? 'light' : 'dark');
      else if (key === 'n' && !command('time.log')) {
        const to = items.find((n) => n.key === 'time')?.to;
        if (to) void navigate(`${to}?log=1`);
      } else if (key !== 'n' && commands[e.key]) {
        if (command(commands[e.key] as Command)) e.preventDefault();
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [items, navigate, mode, systemMode, setMode]);
  return null;
}
