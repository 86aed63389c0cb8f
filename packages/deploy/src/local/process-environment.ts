/**
 * The environment of a cluster's process: this one's, and `more`. Flags for Node are left out: loaders and inspectors of
 * this program are not meant for the cluster's.
 */
export function processEnvironment(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _mine, ...inherited } = process.env;
  return { ...inherited, ...more };
}
