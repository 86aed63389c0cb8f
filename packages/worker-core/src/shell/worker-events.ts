import { INSPECTION_FEATURE, type Facts } from '@grid/protocol';
import type { Link } from '@grid/rpc';

/** Tells the scheduler what happens on this worker that people may want to know of; it stands at the worker's topic. */
export class WorkerEvents {
  #link: Link | undefined;

  open(link: Link): void {
    this.#link = link;
  }

  /** Without a line, or to a scheduler that does not listen, nothing is said. */
  tell(action: string, facts: Facts): void {
    const link = this.#link;
    if (link === undefined || link.isClosed || !link.peer.features.includes(INSPECTION_FEATURE)) return;
    link.send({ op: 'tell-event', action, facts });
  }
}
