import { GridError } from '@grid/common';

/** What can keep an example from running. */
export type ExampleErrorCode = 'GRID_EXAMPLES_NO_TOKEN' | 'GRID_EXAMPLES_NO_INPUT' | 'GRID_EXAMPLES_NOT_STARTED';

/** An error of the examples. */
export class ExampleError extends GridError<ExampleErrorCode> {}
