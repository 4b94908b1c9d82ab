import { useSyncExternalStore } from 'react';
import { stepUp } from '../api/session';
import { later } from './later';

const StepUpDialog = later(async () => (await import('./StepUpDialog')).StepUpDialog);

/** Where the question "is it you?" appears, for whichever call waits for its answer. */
export function StepUp() {
  const waiting = useSyncExternalStore(stepUp.subscribe, stepUp.current);
  return waiting && <StepUpDialog waiting={waiting} />;
}
