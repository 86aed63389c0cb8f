import { CLIENT_HEARTBEAT_FEATURE } from '@grid/protocol';
import type { Link } from '@grid/rpc';

/** Says now and then that this client is there. */
export class Heartbeat {
  #timer: NodeJS.Timeout | undefined;

  /** @param everyMs - as the scheduler wishes; 0: never */
  start(link: Link, everyMs: number): void {
    if (everyMs <= 0 || !link.peer.features.includes(CLIENT_HEARTBEAT_FEATURE)) return;
    const beat = (): void => {
      if (link.isClosed) this.stop();
      else link.send({ op: 'heartbeat-client' });
    };
    beat();
    this.#timer = setInterval(beat, everyMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
