import type { MessageWith } from '@grid/protocol';
import type { MessageRun } from '@grid/rpc';

import { OutputRows } from './output-rows.js';

/** From this size on another message begins, in bytes. */
const BYTES_MAX = 1024 * 1024;

/** What tasks wrote, told in one message. */
export class OutputWrittenRun implements MessageRun {
  readonly op = 'output-written';
  readonly rows = new OutputRows();
  /** How many pieces were left out before. */
  missed = 0;

  get byteLength(): number {
    return this.rows.byteLength;
  }

  get isFull(): boolean {
    return this.rows.byteLength > BYTES_MAX;
  }

  finish(): MessageWith<'output-written'> {
    return { op: this.op, rows: this.rows.toRows(), missed: this.missed };
  }
}
