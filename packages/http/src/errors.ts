import { GridError } from '@grid/common';

/** What can go wrong when a process answers over HTTP. */
export type HttpErrorCode =
  /** It cannot listen there. The message says why. */
  'GRID_HTTP_CANNOT_LISTEN';

/** An error of `@grid/http`. */
export class HttpError extends GridError<HttpErrorCode> {}
