import type { EncodeOptions } from '../values/encode-options.js';

/** How values are looked at. */
export interface ExplainOptions {
  /** As in {@link EncodeOptions}: what stands for a task's result is not looked into. */
  readonly referenceOf?: EncodeOptions['referenceOf'];
}
