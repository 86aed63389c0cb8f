import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = '/sys/fs/cgroup';

/**
 * The content of a control file of this process's group (version 2), or of the nearest group above that has one;
 * `undefined` where there is none, as on hosts with version 1 and on systems that are not Linux.
 */
export function cgroupFile(name: string): string | undefined {
  let folder = join(ROOT, ownGroup());
  for (;;) {
    try {
      return readFileSync(join(folder, name), 'utf8').trim();
    } catch {
      // The root group has no limits, and inside a container the group's path may not be visible at all.
      if (folder === ROOT || folder === '/') return undefined;
      folder = dirname(folder);
    }
  }
}

function ownGroup(): string {
  try {
    const line = readFileSync('/proc/self/cgroup', 'utf8')
      .split('\n')
      .find((entry) => entry.startsWith('0::'));
    return line?.slice('0::'.length) ?? '/';
  } catch {
    // Not Linux.
    return '/';
  }
}
