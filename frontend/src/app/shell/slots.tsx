import { lazy, Suspense, type ComponentType } from 'react';

type Place = 'header' | 'bar';
type Slot = { place: Place };

// The shell has places that features fill if they are there:
// features/timer/slot.tsx exports `TimerSlot({ place })`, features/search-palette/slot.tsx exports `PaletteSlot`.
const timers = import.meta.glob<{ TimerSlot: ComponentType<Slot> }>('../../features/timer/slot.tsx');
const palettes = import.meta.glob<{ PaletteSlot: ComponentType }>('../../features/search-palette/slot.tsx');

const loadTimer = Object.values(timers)[0];
const Timer = loadTimer ? lazy(async () => ({ default: (await loadTimer()).TimerSlot })) : null;
const loadPalette = Object.values(palettes)[0];
const PaletteLazy = loadPalette ? lazy(async () => ({ default: (await loadPalette()).PaletteSlot })) : null;

export const TimerSlot = ({ place }: Slot) => (Timer ? <Suspense fallback={null}><Timer place={place} /></Suspense> : null);
export const PaletteSlot = () => (PaletteLazy ? <Suspense fallback={null}><PaletteLazy /></Suspense> : null);
