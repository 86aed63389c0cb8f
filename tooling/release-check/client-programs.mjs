/** Programs as a user would write them, started in a folder that has nothing but `@grid/client`. */

export const importsClient = `
import { Client } from '@grid/client';
if (typeof Client.connect !== 'function') throw new TypeError('Client.connect is not there');
`;

/** Prints 42, computed on the cluster whose address is the first argument. The token comes from GRID_TOKEN. */
export const submitsOne = `
import { Client } from '@grid/client';
const client = await Client.connect(process.argv[1]);
try {
  console.log(await client.submit((a, b) => a * b, [6, 7]).result());
} finally {
  await client.close();
}
`;
