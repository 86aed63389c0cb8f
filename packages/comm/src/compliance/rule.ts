import type { Workbench } from './workbench.js';

/** A rule of the port: what must hold, and a test that fails where it does not. */
export type Rule = readonly [title: string, test: (bench: Workbench) => Promise<void>];
