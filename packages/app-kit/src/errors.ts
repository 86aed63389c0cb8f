import { GridError } from '@grid/common';

/** What can go wrong before a binary does its work. */
export type AppErrorCode =
  /** The options do not fit together. The message names them. */
  'GRID_APP_BAD_OPTION';

/** An error of `@grid/app-kit`. */
export class AppError extends GridError<AppErrorCode> {}
