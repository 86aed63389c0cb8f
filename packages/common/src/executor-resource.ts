/** What stands before the names of executors among the names of resources. */
const PREFIX = 'executor:';

/**
 * The resource that stands for threads of a named executor: a worker has as much of it as the executor has threads, and each
 * task that is to run there takes one. So it is placed, held back and moved as everything is that asks for resources.
 */
export function executorResource(name: string): string {
  return `${PREFIX}${name}`;
}

/** The executor that a resource stands for; `null` if it is one of the user's own. */
export function executorOf(resource: string): string | null {
  return resource.startsWith(PREFIX) ? resource.slice(PREFIX.length) : null;
}
