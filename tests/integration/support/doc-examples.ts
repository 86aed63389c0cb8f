import { execFile } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { transform } from 'esbuild';

import { Program } from './program.js';
import { TempFolder } from './temp-folder.js';

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const PACKAGES = fileURLToPath(new URL('../node_modules/', import.meta.url));
const TYPES = fileURLToPath(new URL('../../../node_modules/@types', import.meta.url));
const RUNNER = fileURLToPath(new URL('../fixtures/run-doc-examples.mjs', import.meta.url));

/** An example of a page, under its heading. */
export interface DocExample {
  readonly heading: string;
  /** Where it begins on the page. */
  readonly line: number;
  readonly source: string;
  /** What it says that it shows, in order. `…` stands for any text. */
  readonly shown: readonly string[];
}

/** What became of an example. */
export interface ExampleOutcome {
  readonly shown: readonly string[];
  readonly error: string | null;
}

/** What a statement shows stands behind it. */
const SHOWN = /^(\s*)(?:console\.log\((.*)\)|(.*?));? \/\/ => (.*)$/;

/** The examples of a page: its code blocks in TypeScript. */
export function readExamples(page: string): DocExample[] {
  const examples: DocExample[] = [];
  let heading = '';
  let block: { readonly line: number; readonly text: string[] } | null = null;
  for (const [index, line] of page.split('\n').entries()) {
    if (block !== null && line === '```') {
      const shown = block.text.flatMap((each) => SHOWN.exec(each)?.[4] ?? []);
      examples.push({ heading, line: block.line, source: block.text.join('\n'), shown });
      block = null;
    } else if (block !== null) block.text.push(line);
    else if (line === '```ts') block = { line: index + 1, text: [] };
    else if (/^#+ /.test(line)) heading = line.replace(/^#+ /, '').replaceAll('`', '');
  }
  return examples;
}

/** Whether a value, as Node prints it, is what the page says. */
export function isShownAs(printed: string, said: string): boolean {
  const parts = said.split('…').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^]*')}$`).test(printed);
}

/** The examples of a page as a program, in a folder of its own where this product is installed. */
export class ExampleProgram implements Disposable {
  readonly #folder = new TempFolder();
  readonly #examples: readonly DocExample[];

  constructor(examples: readonly DocExample[], names: readonly string[]) {
    this.#examples = examples;
    symlinkSync(PACKAGES, this.#folder.file('node_modules'));
    writeFileSync(this.#folder.file('package.json'), '{ "type": "module" }');
    for (const example of examples) writeFileSync(this.#file(example, 'ts'), toModule(example, names));
  }

  /** What the compiler finds wrong with the examples, by line of the page; empty if they are all well typed. */
  async typeErrors(): Promise<string[]> {
    const compilerOptions = {
      target: 'es2022',
      lib: ['es2023', 'esnext.disposable'],
      module: 'nodenext',
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: ['node'],
      typeRoots: [TYPES],
    };
    writeFileSync(this.#folder.file('tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    const compiler = join(dirname(require.resolve('@typescript/native/package.json')), 'bin/tsc');
    try {
      await run(process.execPath, [compiler, '-p', this.#folder.path, '--pretty', 'false']);
      return [];
    } catch (error) {
      return String((error as { stdout?: string }).stdout)
        .split('\n')
        .filter((line) => line.includes('error TS'));
    }
  }

  /** Runs all examples, one after the other, against one cluster. By line of the page. */
  async run(timeoutMs: number): Promise<ReadonlyMap<number, ExampleOutcome>> {
    for (const example of this.#examples) {
      const { code } = await transform(readFileSync(this.#file(example, 'ts'), 'utf8'), {
        loader: 'ts',
        target: 'node20',
      });
      writeFileSync(this.#file(example, 'mjs'), code);
    }
    const files = this.#examples.map((example) => this.#file(example, 'mjs'));
    await using program = new Program(RUNNER, files, {}, { cwd: this.#folder.path });
    await program.ends(timeoutMs);
    const outcomes = new Map<number, ExampleOutcome>();
    for (const [, row, json] of program.stdout.matchAll(/^example (\d+) (.*)$/gm)) {
      const example = this.#examples[Number(row)];
      if (example !== undefined) outcomes.set(example.line, JSON.parse(json ?? '') as ExampleOutcome);
    }
    if (outcomes.size < files.length) throw new Error(`the program ended early:\n${program.output}`);
    return outcomes;
  }

  #file({ line }: DocExample, extension: string): string {
    return this.#folder.file(`line-${String(line)}.${extension}`);
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}

/** A module that exports the example as a function. What it uses of `names` is imported for it. */
function toModule({ source }: DocExample, names: readonly string[]): string {
  const lines = source.split('\n');
  const imports = lines.filter((line) => line.startsWith('import '));
  const isNamed = (name: string, text: string): boolean => new RegExp(`\\b${name}\\b`).test(text);
  const used = names.filter((name) => isNamed(name, source) && !isNamed(name, imports.join()));
  const body = lines
    .filter((line) => !line.startsWith('import '))
    .map((line) =>
      line.replace(SHOWN, (_, indent: string, logged?: string, value?: string) =>
        logged === undefined ? `${indent}show(${value ?? ''});` : `${indent}log(${logged});`,
      ),
    );
  return [
    `import { ${[...new Set(['Client', ...used])].join(', ')} } from '@grid/client';`,
    `import type { LocalCluster as Cluster } from '@grid/deploy';`,
    ...imports,
    'type Show = (...values: unknown[]) => void;',
    'export default async function (client: Client, cluster: Cluster, show: Show, log: Show) {',
    ...body,
    '}',
  ].join('\n');
}
