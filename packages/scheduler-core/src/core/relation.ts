/**
 * Some records that another record knows: most often none or one, so that no collection is made before it is needed.
 * Above {@link ARRAY_MAX} members it is a Set.
 */
export type Relation<T extends object> = null | T | T[] | Set<T>;

/** Up to this many members a scan of an array beats a Set, in time and in memory. */
const ARRAY_MAX = 16;

/** The relation with `member` added; it must not be in it yet. */
export function addMember<T extends object>(relation: Relation<T>, member: T): Relation<T> {
  if (relation === null) return member;
  if (Array.isArray(relation)) {
    if (relation.length === ARRAY_MAX) return new Set(relation).add(member);
    relation.push(member);
    return relation;
  }
  if (relation instanceof Set) return relation.add(member);
  return [relation, member];
}

/** The relation without `member`; unchanged if it is not in it. Keeps the order of the others. */
export function removeMember<T extends object>(relation: Relation<T>, member: T): Relation<T> {
  if (relation === member) return null;
  if (relation === null) return null;
  if (Array.isArray(relation)) {
    const index = relation.indexOf(member);
    if (index >= 0) relation.splice(index, 1);
    return relation.length === 0 ? null : relation;
  }
  if (relation instanceof Set) {
    relation.delete(member);
    return relation.size === 0 ? null : relation;
  }
  return relation;
}

/** Whether `member` is in the relation. */
export function hasMember<T extends object>(relation: Relation<T>, member: T): boolean {
  if (relation === null) return false;
  if (relation === member) return true;
  if (Array.isArray(relation)) return relation.includes(member);
  return relation instanceof Set && relation.has(member);
}

/** How many members there are. */
export function memberCount<T extends object>(relation: Relation<T>): number {
  if (relation === null) return 0;
  if (Array.isArray(relation)) return relation.length;
  return relation instanceof Set ? relation.size : 1;
}

/** Members in the order in which they came, as an array that the caller may keep: a copy. */
export function membersOf<T extends object>(relation: Relation<T>): T[] {
  if (relation === null) return [];
  if (Array.isArray(relation)) return relation.slice();
  return relation instanceof Set ? [...relation] : [relation];
}

/** The first member, or `null`. */
export function firstMember<T extends object>(relation: Relation<T>): T | null {
  if (relation === null) return null;
  if (Array.isArray(relation)) return relation[0] ?? null;
  if (relation instanceof Set) return relation.values().next().value ?? null;
  return relation;
}
