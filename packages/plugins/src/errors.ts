import { GridError } from '@grid/common';

/** What can go wrong with plugins. */
export type PluginsErrorCode =
  /** What travelled as a plugin is none: no object, and nothing that makes one. */
  | 'GRID_PLUGINS_NOT_A_PLUGIN'
  /** The thread of the plugins ended under them: `process.exit`, or memory. Register them again. */
  | 'GRID_PLUGINS_THREAD_LOST'
  /** This process has no plugin of its own of this name, or takes no code for its plugins. */
  | 'GRID_PLUGINS_UNKNOWN'
  /** An option of a plugin that every process has makes no sense. */
  | 'GRID_PLUGINS_BAD_OPTION'
  /** npm could not install what it was to; the text has what it said. */
  | 'GRID_PLUGINS_INSTALL_FAILED'
  /** A module that was to be preloaded cannot be, or failed in its setup. */
  | 'GRID_PLUGINS_PRELOAD_FAILED'
  /** What hosts the plugins is closed. */
  | 'GRID_PLUGINS_CLOSED';

/** An error of `@grid/plugins`. */
export class PluginsError extends GridError<PluginsErrorCode> {}
