export { HttpServer } from './http-server.js';
export type { HttpAnswer, HttpRoutes, HttpServerOptions } from './http-server.js';
export type { Guard } from './guard.js';
export { HttpError } from './errors.js';
export type { HttpErrorCode } from './errors.js';
