import { numberOf, type Case } from '../case.js';
import { classes } from './classes.js';
import { data } from './data.js';
import { errors } from './errors.js';
import { functions } from './functions.js';
import { keys } from './keys.js';
import { large } from './large.js';
import { limits } from './limits.js';
import { ownFiles } from './own-files.js';
import { packages } from './packages.js';
import { refusals } from './refusals.js';
import { variables } from './variables.js';

/** All cases, in the order of their numbers. */
export const allCases: readonly Case[] = [
  ...variables,
  ...ownFiles,
  ...packages,
  ...classes,
  ...data,
  ...functions,
  ...refusals,
  ...large,
  ...errors,
  ...keys,
  ...limits,
].sort((one, other) => numberOf(one) - numberOf(other));
