/** What is to be installed where. */
export interface Installation {
  /** Tells it from any other: whoever finds it done leaves it at that. */
  readonly id: string;
  readonly directory: string;
  readonly packages: readonly string[];
  readonly npmOptions: readonly string[];
  /** Milliseconds for all of it, and for the wait before it. */
  readonly timeoutMs: number;
}
