import { GridError } from '@grid/common';

/** What can go wrong here. */
export type __Name__ErrorCode =
  /** It was used after it had been closed. */
  'GRID___NAME___CLOSED';

/** An error of `@grid/__name__`. */
export class __Name__Error extends GridError<__Name__ErrorCode> {}
