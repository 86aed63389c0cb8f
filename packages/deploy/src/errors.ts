import { GridError } from '@grid/common';

/** What can go wrong when clusters are started and scaled. */
export type DeployErrorCode =
  /** A process of the cluster did not come up. Its last output is in the details. */
  | 'GRID_DEPLOY_START_FAILED'
  /** The cluster was closed. */
  | 'GRID_DEPLOY_CLOSED'
  /** An option does not fit. */
  | 'GRID_DEPLOY_BAD_OPTION';

/** An error of `@grid/deploy`. */
export class DeployError extends GridError<DeployErrorCode> {}
