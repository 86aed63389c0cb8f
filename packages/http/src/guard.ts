import { timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';

/** What a request must bring along. */
export interface Guard {
  /** The interface that is listened on. */
  readonly host: string;
  /** Asked for as `Authorization: Bearer …` when listening beyond loopback; `null`: nothing is asked for. */
  readonly token: string | null;
}

/** The parts of a request that decide. */
export interface GuardedRequest {
  readonly method: string | undefined;
  readonly host: string | undefined;
  readonly authorization: string | undefined;
}

/** Why a request is turned away. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 405;
  readonly reason: string;
}

/**
 * Decides whether a request may be answered; `undefined` if so.
 *
 * A page that a developer has open in a browser can make it send requests to this machine, under any host name that it
 * controls. So the host name must be ours: an address, or a name of this machine.
 */
export function refuse(guard: Guard, request: GuardedRequest): Refusal | undefined {
  if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, reason: 'only GET is answered' };
  const host = hostOf(request.host);
  if (host === undefined) return { status: 400, reason: 'no host' };
  if (!isOwnHost(host, guard.host)) return { status: 403, reason: 'unknown host' };
  if (guard.token === null || isLoopback(guard.host)) return undefined;
  return bears(request.authorization, guard.token)
    ? undefined
    : { status: 401, reason: 'the cluster token is missing' };
}

/** The host part of a `Host` header, without port and brackets. */
function hostOf(header: string | undefined): string | undefined {
  if (header === undefined || header.length > 255) return undefined;
  const bracketed = /^\[([0-9a-f:.]+)\](?::\d+)?$/i.exec(header);
  if (bracketed !== null) return bracketed[1]?.toLowerCase();
  const plain = /^([^:[\]]+)(?::\d+)?$/.exec(header);
  return plain?.[1]?.toLowerCase();
}

function isOwnHost(host: string, listening: string): boolean {
  // Names that a page can choose are never literal addresses.
  return host === 'localhost' || isIP(host) !== 0 || host === listening.toLowerCase();
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function bears(header: string | undefined, token: string): boolean {
  const given = Buffer.from(header ?? '');
  const expected = Buffer.from(`Bearer ${token}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
