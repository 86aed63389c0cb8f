import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { addMember, firstMember, hasMember, memberCount, membersOf, removeMember, type Relation } from './relation.js';

describe('a relation', () => {
  it('is a set that keeps the order of coming, whatever its size', () => {
    const members = Array.from({ length: 40 }, (_, id) => ({ id }));
    fc.assert(
      fc.property(fc.array(fc.nat(39), { maxLength: 200, size: 'max' }), (picks) => {
        let relation: Relation<{ id: number }> = null;
        const model = new Set<{ id: number }>();
        for (const pick of picks) {
          const member = members[pick] as { id: number };
          relation = model.has(member) ? removeMember(relation, member) : addMember(relation, member);
          if (!model.delete(member)) model.add(member);
          expect(membersOf(relation)).toEqual([...model]);
          expect([memberCount(relation), firstMember(relation), hasMember(relation, member)]).toEqual([
            model.size,
            [...model][0] ?? null,
            model.has(member),
          ]);
        }
      }),
      { numRuns: 50 },
    );
  });
});
