/* A program that submits. */
import * as client from '@grid/client';
import * as protocol from '@grid/protocol';
import { runProgram } from './program.js';

void runProgram({ client, protocol });
