import { ThemeProvider } from '@mui/material/styles';
import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { agencyTheme } from '../lib/theme';
import { BottomSheet } from './sheet';

afterEach(() => vi.unstubAllGlobals());

it('keeps what was typed when the phone is turned', async () => {
  let phone = true;
  const turns = new Set<() => void>();
  vi.stubGlobal('matchMedia', (media: string) => ({
    media,
    get matches() { return phone && media.includes('max-width:599'); },
    addEventListener: (_: string, on: () => void) => turns.add(on),
    removeEventListener: (_: string, on: () => void) => turns.delete(on),
    addListener: (on: () => void) => turns.add(on),
    removeListener: (on: () => void) => turns.delete(on),
  }));
  render(<ThemeProvider theme={agencyTheme()}><BottomSheet open title="Timer" onClose={() => undefined}><input aria-label="Note" /></BottomSheet></ThemeProvider>);
  await userEvent.type(screen.getByLabelText('Note'), 'Sketches');
  act(() => {
    phone = false;
    for (const on of turns) on();
  });
  expect(screen.getByLabelText('Note')).toHaveProperty('value', 'Sketches');
});
