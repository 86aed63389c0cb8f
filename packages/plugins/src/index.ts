export type { BuiltInPlugin, BuiltIns, CreateBuiltIn } from './built-in.js';
export { environ } from './built-ins/environ.js';
export type { SetEnvironment } from './built-ins/environ.js';
export { killWorker } from './built-ins/kill-worker.js';
export type { KillableWorker } from './built-ins/kill-worker.js';
export { npmInstall } from './built-ins/npm-install.js';
export { PluginHost } from './plugin-host.js';
export type { DescribeOwner, PluginHostParts } from './plugin-host.js';
export { pluginFailure } from './plugin-part.js';
export type { PluginFailure, PluginPart } from './plugin-part.js';
export { PluginTable } from './plugin-table.js';
export type { PluginCode, PluginLife } from './plugin-table.js';
export { loadPreloads } from './preloads.js';
export type { PreloadOptions, Preloads } from './preloads.js';
export { pluginThreadStarter } from './thread/start-plugin-thread.js';
export type { PluginThread, PluginThreadEvents, StartPluginThread } from './thread/start-plugin-thread.js';
export type {
  FromPluginThread,
  Note,
  NotesTaken,
  PluginAnswer,
  PluginEvent,
  PluginLog,
  PluginThreadSetup,
  ToPluginThread,
} from './thread/plugin-messages.js';
export { PluginsError } from './errors.js';
export type { PluginsErrorCode } from './errors.js';
