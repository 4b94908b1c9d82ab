import type { Tone } from '../../shared/ui/small';
import type { InvoiceRunClient, InvoiceRunView } from './api';

export const hows = ['draft', 'issue', 'send'] as const;
export type ClientState = InvoiceRunClient['state'];
export const clientStates = ['drafted', 'issued', 'refused', 'nothing', 'pending', 'cancelled'] as const;
export const clientTones: Record<ClientState, Tone> = { pending: 'neutral', drafted: 'brand', issued: 'success', nothing: 'neutral', refused: 'danger', cancelled: 'neutral' };
export const runTones: Record<InvoiceRunView['state'], Tone> = { running: 'brand', done: 'success', cancelled: 'neutral' };

/** How far a run is, of 100. */
export function percent(r: { clients: number; counts: { pending: number } }): number {
  return r.clients === 0 ? 100 : Math.floor((100 * (r.clients - r.counts.pending)) / r.clients);
}
