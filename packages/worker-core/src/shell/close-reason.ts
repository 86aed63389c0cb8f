import type { WorkerErrorCode } from '../errors.js';

/** Why a worker closed. */
export interface WorkerCloseReason {
  /** `null`: in order, since it was asked to. */
  readonly code: WorkerErrorCode | null;
  readonly message: string;
}
