import type { Facts } from '@grid/protocol';

/** A plugin that a process has without being sent code. */
export interface BuiltInPlugin {
  setup(): Promise<void> | void;
  teardown?(): Promise<void> | void;
}

/**
 * Makes one plugin. `options` come from whoever registers it, and are checked here. `id` tells the registration from others.
 */
export type CreateBuiltIn = (options: Facts, registration: { readonly id: string }) => BuiltInPlugin;

/** The plugins that a process has by itself, by name. */
export type BuiltIns = Readonly<Record<string, CreateBuiltIn>>;
