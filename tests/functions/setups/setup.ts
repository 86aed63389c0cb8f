/** The versions of Node that programs run on. */
export const NODES = [20, 22, 24] as const;

export type NodeMajor = (typeof NODES)[number];

/** A way in which a user's program is written, built and started. */
export interface Setup {
  /** Folder of the built program. */
  readonly id: string;
  /** Heading of its column. */
  readonly title: string;
  /** What it is, in a sentence for people. */
  readonly about: string;
  /** Which Node runs the program and the workers. */
  readonly node: NodeMajor;
  readonly build: Build;
  /** Arguments for Node, from the program's folder. */
  readonly start: readonly string[];
  /** Who captures: the program, or a task that it submits. */
  readonly who: 'program' | 'task';
  /** How file names end in stacks. */
  readonly ending: string;
}

/** What is made of the sources of the program. */
export type Build =
  /** The TypeScript as it is written. */
  | { readonly kind: 'sources'; readonly modules: 'esm' | 'cjs'; readonly imports: Imports; readonly extra: Files }
  /** JavaScript in files `.mjs`, as a user would write it. */
  | { readonly kind: 'mjs' }
  /** JavaScript in CommonJS, by the TypeScript compiler. */
  | { readonly kind: 'tsc' }
  /** One file of all files of the program, by esbuild. */
  | { readonly kind: 'bundle' };

/** How a file names another one: `./file.js`, `./file` or `./file.ts`. */
export type Imports = '.js' | '' | '.ts';

/** Contents by path. */
export type Files = Readonly<Record<string, string>>;
