/* A file with tasks that also begins the program. */
import { Client } from '@grid/client';
import { train } from './jobs.js';

void Client.connect('tcp://127.0.0.1:1');

export { train };
