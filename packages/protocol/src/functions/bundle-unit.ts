import { pathToFileURL } from 'node:url';
import type { UnitRecord } from './code-section.js';
import type { ModuleBundle } from './task-description.js';
import type { SectionUnit } from './unit-builder.js';

/** A bundled module as a unit of a code section. */
export class BundleUnit implements SectionUnit {
  readonly bundle: ModuleBundle;

  constructor(bundle: ModuleBundle) {
    this.bundle = bundle;
  }

  build(): UnitRecord {
    const { hash, text, file } = this.bundle;
    return { hash, text, file: `${file}.bundle.cjs`, metaUrl: pathToFileURL(file).href, hint: file };
  }
}
