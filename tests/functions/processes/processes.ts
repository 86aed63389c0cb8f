import type { NodeMajor } from '../setups/setup.js';

/** What is about a process rather than about how its program is written: run once on each Node. */
export interface ProcessCase {
  readonly title: string;
  /** Program in this folder. */
  readonly file: string;
  /** Arguments for Node. */
  readonly flags: (node: NodeMajor) => readonly string[];
  /** It runs under a debugger. */
  readonly isDebugged?: boolean;
  /** Its packages are bundled in. */
  readonly isBundled?: boolean;
}

const none = (): readonly string[] => [];

export const processCases: readonly ProcessCase[] = [
  { title: '45 20 000 fresh closures: flat memory, one text', file: 'fresh-closures', flags: none },
  {
    title: '46 100 000 texts on a worker with 256 MB',
    file: 'many-texts',
    flags: () => ['--max-old-space-size=256'],
  },
  { title: '51 under --inspect with a breakpoint', file: 'debugged', flags: none, isDebugged: true },
  {
    title: '52 without permission for the inspector',
    file: 'without-inspector',
    flags: (node) => [node === 20 ? '--experimental-permission' : '--permission', '--allow-fs-read=*'],
  },
  { title: '53 packages bundled in', file: 'bundled', flags: none, isBundled: true },
  {
    title: '55 100 000 mutations with 128 MB',
    file: 'hostile-bytes',
    flags: () => ['--max-old-space-size=128'],
  },
];
