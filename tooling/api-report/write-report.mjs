import { existsSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';

const compilerOptions = {
  target: 'es2022',
  lib: ['es2023', 'es2024.string', 'esnext.disposable'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  types: ['node'],
  strict: true,
  skipLibCheck: true,
};

/** Things that every package does on purpose, or that the linter already says better. */
const silent = ['ae-missing-release-tag', 'ae-unresolved-link', 'ae-forgotten-export', 'ae-undocumented'];

/** Makes one report. Without `update`, the file that is checked in stays as it is. */
export function writeReport({ name, folder, entry }, update) {
  if (!existsSync(entry)) return { changed: false, messages: [`${entry} is missing: build first`] };
  mkdirSync(`${folder}/etc`, { recursive: true });
  const messages = [];
  const result = Extractor.invoke(configOf({ name, folder, entry }), {
    localBuild: update,
    messageCallback: (message) => {
      message.handled = true;
      // The change itself is the result; these only say so again.
      if (message.messageId.startsWith('console-api-report-')) return;
      if (message.logLevel === 'error' || message.logLevel === 'warning')
        messages.push(message.formatMessageWithLocation(process.cwd()));
    },
  });
  return { changed: result.apiReportChanged, messages };
}

function configOf({ name, folder, entry }) {
  const root = resolve(folder);
  const config = {
    projectFolder: root,
    mainEntryPointFilePath: entry,
    compiler: { overrideTsconfig: { compilerOptions, include: [`${root}/dist/**/*.d.ts`] } },
    apiReport: {
      enabled: true,
      reportFileName: `${name}.api.md`,
      reportFolder: `${root}/etc`,
      reportTempFolder: `${root}/temp`,
    },
    docModel: { enabled: false },
    dtsRollup: { enabled: false },
    tsdocMetadata: { enabled: false },
    newlineKind: 'lf',
    messages: {
      compilerMessageReporting: { default: { logLevel: 'warning' } },
      extractorMessageReporting: {
        default: { logLevel: 'warning', addToApiReportFile: true },
        ...Object.fromEntries(silent.map((id) => [id, { logLevel: 'none' }])),
      },
      tsdocMessageReporting: { default: { logLevel: 'none' } },
    },
  };
  return ExtractorConfig.prepare({
    configObject: config,
    configObjectFullPath: undefined,
    packageJsonFullPath: `${root}/package.json`,
  });
}
