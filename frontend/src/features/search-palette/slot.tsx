import { lazy, Suspense, useState } from 'react';
import { useCommand } from '../../shared/lib/commands';

const Palette = lazy(async () => ({ default: (await import('./Palette')).Palette }));
const Keys = lazy(async () => ({ default: (await import('./Keys')).Keys }));

/** Waits for Ctrl K and ?; nothing of it is loaded before. */
export function PaletteSlot() {
  const [open, setOpen] = useState<'' | 'palette' | 'keys'>('');
  useCommand('palette', () => setOpen('palette'));
  useCommand('shortcuts', () => setOpen('keys'));
  const close = () => setOpen('');
  return (
    <Suspense fallback={null}>
      {open === 'palette' && <Palette onClose={close} onKeys={() => setOpen('keys')} />}
      {open === 'keys' && <Keys onClose={close} />}
    </Suspense>
  );
}
