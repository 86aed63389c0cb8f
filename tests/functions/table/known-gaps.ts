/** What is known not to hold somewhere. The table shows the error that came; what holds after all has to go from here. */
export interface KnownGap {
  readonly title: string;
  /** Set-ups, or versions of Node for what is about processes. */
  readonly where: readonly string[];
  /** Why it is so. */
  readonly because: string;
}

export const knownGaps: readonly KnownGap[] = [];
