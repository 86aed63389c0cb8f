/** What is known not to hold somewhere. The table shows the error that came; what holds after all has to go from here. */
export interface KnownGap {
  readonly title: string;
  /** Set-ups, or versions of Node for what is about processes. */
  readonly where: readonly string[];
  /** Why it is so. */
  readonly because: string;
}

const ON_NODE_20: readonly string[] = [
  'node-20',
  'tsc',
  'ts-node',
  'tsx-esm',
  'tsx-cjs',
  'bundle',
  'thread',
  'task',
  'swc-jest',
  'swc-jest-cjs',
  'ts-jest',
  'vitest',
];

export const knownGaps: readonly KnownGap[] = [
  {
    title: '40 variable before its declaration',
    where: ON_NODE_20,
    because:
      'Node 20 does not tell such a variable from one that is `undefined`; it is noticed only while the code is on its way to the declaration.',
  },
];
