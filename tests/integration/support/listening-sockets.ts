import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const LISTEN = '0A';

/** The addresses at which a process listens, as `host:port` of IPv4 or the kernel's hexadecimal notation of IPv6. */
export function listeningAddresses(pid: number): string[] {
  const sockets = socketsOf(pid);
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${String(pid)}/net/${table}`, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => columns[3] === LISTEN && sockets.has(columns[9] ?? ''))
      .map((columns) => printAddress(columns[1] ?? '')),
  );
}

function socketsOf(pid: number): Set<string> {
  const folder = `/proc/${String(pid)}/fd`;
  const inodes = new Set<string>();
  for (const name of readdirSync(folder)) {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${name}`))?.[1];
      if (inode !== undefined) inodes.add(inode);
    } catch (error) {
      // Descriptors come and go while the list of them is read.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return inodes;
}

/** The kernel prints an IPv4 address as one little-endian number. */
function printAddress(column: string): string {
  const [host = '', port = ''] = column.split(':');
  if (host.length !== 8) return `${host}:${String(parseInt(port, 16))}`;
  const bytes = [6, 4, 2, 0].map((at) => String(parseInt(host.slice(at, at + 2), 16)));
  return `${bytes.join('.')}:${String(parseInt(port, 16))}`;
}
