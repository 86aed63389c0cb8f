/** Any function or class. */
export type CallableValue = (...args: never[]) => unknown;
