/* Links: an open line to a known peer. */
export { Link } from './link/link.js';
export type { LinkParts, RequestOptions } from './link/link.js';
export type { LinkHandlers, MessageRun } from './link/link-handlers.js';
export { LINK_LIMITS } from './link/link-limits.js';
export type { LinkLimits } from './link/link-limits.js';
export { isMessage } from './link/reply-words.js';

/* Opening and accepting links. */
export { connectLink } from './connect-link.js';
export type { ConnectLinkParts } from './connect-link.js';
export { RpcServer } from './server/rpc-server.js';
export type { RpcServerCounts, RpcServerOptions, RpcServerParts } from './server/rpc-server.js';
export { createInstanceId } from './identity.js';
export type { LocalIdentity, PeerIdentity, Role } from './identity.js';

/* Requests to many peers. */
export { ConnectionPool } from './pool/connection-pool.js';
export type { ConnectionPoolOptions, ConnectionPoolParts } from './pool/connection-pool.js';
export type { PoolOptions } from './pool/pool-options.js';

/* The file by which a scheduler is found. */
export { readSchedulerFile, removeSchedulerFile, writeSchedulerFile } from './scheduler-file.js';
export type { ReadSchedulerFileOptions, SchedulerFileContent } from './scheduler-file.js';

/* The cluster's token. */
export { createToken, readToken } from './token.js';
export type { ReadTokenOptions } from './token.js';

export { isRemoteError, isRpcError, RemoteError, RpcError } from './errors.js';
export type { RpcErrorCode } from './errors.js';
