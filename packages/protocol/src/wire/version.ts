/**
 * The oldest and the newest version of the wire protocol that this build speaks. A version is the whole set of
 * messages and their fields; fields that are added at the end do not change it.
 */
export const PROTOCOL_VERSIONS = { min: 1, max: 1 } as const;

/** The version that two ranges have in common, the newest there is; `undefined` if they have none. */
export function commonVersion(
  ours: { readonly min: number; readonly max: number },
  theirs: { readonly min: number; readonly max: number },
): number | undefined {
  const version = Math.min(ours.max, theirs.max);
  return version >= Math.max(ours.min, theirs.min) ? version : undefined;
}
