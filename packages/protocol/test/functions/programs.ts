import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = dirname(fileURLToPath(import.meta.url));

/** Files of a little world, by path. Keys that end in `->` are links to the path that is their value. */
export type Files = Readonly<Record<string, string>>;

/** A folder with this library built, in which programs are written and run. */
export class Programs implements AsyncDisposable {
  readonly folder: string;
  #next = 0;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async build(): Promise<Programs> {
    const folder = await mkdtemp(join(tmpdir(), 'grid-programs-'));
    await run(process.execPath, [join(here, 'build-library.mjs'), folder]);
    return new Programs(folder);
  }

  /** Writes a world of files and tells where it is. */
  async write(files: Files): Promise<string> {
    const world = join(this.folder, `world-${this.#next++}`);
    for (const [path, content] of Object.entries(files)) {
      const file = join(world, path.replace(/->$/, ''));
      await mkdir(dirname(file), { recursive: true });
      if (path.endsWith('->')) await symlink(join(world, content), file);
      else await writeFile(file, content);
    }
    return world;
  }

  /** Runs a program and reads the JSON that it prints. `lib` is defined in it; what it returns is printed. */
  async run(world: string, file: string, body: string, nodeArguments: readonly string[] = []): Promise<unknown> {
    const head = `import * as lib from ${JSON.stringify(join(this.folder, 'lib/index.js'))};\n`;
    const [imports, rest] = splitImports(body);
    const program = `${head}${imports}\nconst result = await (async () => {\n${rest}\n})();\nprocess.stdout.write(JSON.stringify(result ?? null));\n`;
    await mkdir(dirname(join(world, file)), { recursive: true });
    await writeFile(join(world, file), program);
    const { stdout } = await run(process.execPath, [...nodeArguments, join(world, file)], {
      timeout: 60_000,
      maxBuffer: 1 << 26,
    });
    return JSON.parse(stdout) as unknown;
  }

  /** Copies a world, so that a change of one does not change the other. */
  async copy(world: string): Promise<string> {
    const target = join(this.folder, `world-${this.#next++}`);
    await cp(world, target, { recursive: true, verbatimSymlinks: true });
    return target;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}

function splitImports(body: string): [string, string] {
  const lines = body.trim().split('\n');
  const isHead = (line: string): boolean => /^\s*(?:import\s|\/\/ top:)/.test(line);
  return [
    lines
      .filter(isHead)
      .map((line) => line.replace('// top:', ''))
      .join('\n'),
    lines.filter((line) => !isHead(line)).join('\n'),
  ];
}
