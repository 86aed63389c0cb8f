import { GridError } from '@grid/common';

/** What can go wrong with a nanny. */
export type NannyErrorCode =
  /** The worker's process ended, or did not join the cluster in time. */
  | 'GRID_NANNY_START_FAILED'
  /** The nanny is closing or closed. */
  | 'GRID_NANNY_CLOSED'
  /** A process that was started by something else than a nanny was to be a nanny's child. */
  | 'GRID_NANNY_NO_PARENT';

/** An error of `@grid/nanny`. */
export class NannyError extends GridError<NannyErrorCode> {}
