import { ClientRecord } from '../records.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';

/** A client is there. */
export function addClient(state: SchedulerState, { name, isListening, onRecord }: StimulusWith<'add-client'>): void {
  const client = new ClientRecord(state.nextClientId, name, isListening);
  state.nextClientId += 1;
  state.clients.set(client.id, client);
  onRecord(client);
}
