/* What a user forgets about: an open connection. */
import { Socket } from 'node:net';

const db = { pool: { primary: { conn: new Socket() } } };

export function loadUser(): unknown {
  return db.pool;
}
