import { invariant, isGridError, type Address } from '@grid/common';

/** Listens at the first of these addresses that is not taken. @throws What listening at the last one throws. */
export async function listenAtFirst(
  addresses: readonly Address[],
  listen: (address: Address) => Promise<Address>,
): Promise<Address> {
  for (const [index, address] of addresses.entries()) {
    try {
      return await listen(address);
    } catch (error) {
      if (index === addresses.length - 1 || !isGridError(error, 'GRID_COMM_ADDRESS_IN_USE')) throw error;
    }
  }
  invariant(false, 'there is an address to listen at');
}
