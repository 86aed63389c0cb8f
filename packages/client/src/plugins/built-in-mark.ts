import type { Facts } from '@grid/protocol';

/** Where plugins that every process has say which of them they stand for. */
export const BUILT_IN: unique symbol = Symbol('grid.built-in-plugin');

/** Which plugin of the other side, and what it is to do. */
export interface BuiltInMark {
  readonly name: string;
  readonly options: Facts;
}
