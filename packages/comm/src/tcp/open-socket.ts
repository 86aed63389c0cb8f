import { connect, Socket, type OnReadOpts, type SocketConstructorOpts } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SocketIntake } from './socket-intake.js';

/** How Node reads into memory of ours, which saves a copy and an allocation for each read. */
function onread(intake: SocketIntake): OnReadOpts {
  let buffer: Uint8Array;
  return {
    buffer: () => (buffer = intake.nextBuffer()),
    callback: (bytes) => intake.onRead(bytes, buffer),
  };
}

/** Begins to connect a socket that feeds `intake`. Half-open is allowed: a comm ends each direction itself. */
export function openSocket(host: string, port: number, intake: SocketIntake): Socket {
  return connect({ host, port, allowHalfOpen: true, noDelay: true, onread: onread(intake) });
}

/**
 * Makes an accepted socket feed `intake`.
 *
 * Node offers reads into one's own memory only to sockets that connect. The way round it moves the handle, which is not
 * public, into a new socket. If a version of Node has no such handle, reads go through 'data' events: slower, else the same.
 *
 * @param accepted - From a server with `pauseOnConnect`, so that no byte has been read yet.
 * @param takeHandle - Takes the handle out of a socket, or returns undefined and leaves the socket as it is.
 * @returns The socket to use from here on.
 */
export function adoptSocket(accepted: Socket, intake: SocketIntake, takeHandle = takeHandleOf): Socket {
  const handle = takeHandle(accepted);
  if (handle === undefined) {
    feedFromData(accepted, intake);
    return accepted;
  }
  const adopted = new Socket({ handle, allowHalfOpen: true, onread: onread(intake) } as SocketConstructorOpts);
  // Without its handle the first socket is empty; destroying it lets the server count one connection less.
  accepted.destroy();
  adopted.resume();
  return adopted;
}

function takeHandleOf(socket: Socket): object | undefined {
  const holder = socket as unknown as { _handle?: object | null };
  const handle = holder._handle;
  if (typeof handle !== 'object' || handle === null || !('useUserBuffer' in handle)) return undefined;
  holder._handle = null;
  return handle;
}

/** Makes any stream feed `intake` by its 'data' events. */
export function feedFromData(stream: Duplex, intake: SocketIntake): void {
  stream.on('data', (chunk: Buffer) => {
    // A plain array: what is copied out of a Buffer would be a Buffer, whose `slice` is a view.
    const goOn = intake.onChunk(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    if (!goOn) stream.pause();
  });
  // A stream that was paused on purpose is not woken by a listener.
  stream.resume();
}
