import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { isProof, proofOf, type ProvenSide, type Transcript } from './proof.js';

const side = fc.record<ProvenSide>({
  role: fc.constantFrom('client', 'worker', 'scheduler', 'nanny'),
  instanceId: fc.string({ minLength: 1, maxLength: 8 }),
  features: fc.array(fc.string({ maxLength: 4 }), { maxLength: 3 }),
  nonce: fc.uint8Array({ minLength: 32, maxLength: 32 }),
});

const transcript = fc.record<Transcript>({
  version: fc.nat(3),
  versionMin: fc.nat(3),
  versionMax: fc.nat(3),
  dialer: side,
  listener: side,
});

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

describe('proofOf', () => {
  it('is the same on both sides for the same token and transcript', () => {
    fc.assert(
      fc.property(fc.string(), transcript, (token, facts) => {
        const copy = { ...facts, dialer: { ...facts.dialer, nonce: Uint8Array.from(facts.dialer.nonce) } };
        expect(isProof(proofOf(token, 'dialer', facts), proofOf(token, 'dialer', copy))).toBe(true);
      }),
    );
  });

  it('differs as soon as anything in the transcript does', () => {
    fc.assert(
      fc.property(transcript, transcript, fc.constantFrom('dialer' as const, 'listener' as const), (one, other, by) => {
        fc.pre(!same(one, other));
        expect(isProof(proofOf('t', by, one), proofOf('t', by, other))).toBe(false);
      }),
    );
  });

  it('differs when one part of the transcript is exchanged and all others stay', () => {
    fc.assert(
      fc.property(
        transcript,
        transcript,
        fc.constantFrom('role', 'instanceId', 'features', 'nonce'),
        (one, other, part) => {
          const mixed = { ...one, listener: { ...one.listener, [part]: other.listener[part] } };
          fc.pre(!same(one, mixed));
          expect(isProof(proofOf('t', 'dialer', one), proofOf('t', 'dialer', mixed))).toBe(false);
        },
      ),
    );
  });

  it('differs from token to token and from side to side', () => {
    fc.assert(
      fc.property(transcript, (facts) => {
        expect(isProof(proofOf('a', 'dialer', facts), proofOf('b', 'dialer', facts))).toBe(false);
        expect(isProof(proofOf('a', 'dialer', facts), proofOf('a', 'listener', facts))).toBe(false);
      }),
    );
  });
});

describe('isProof', () => {
  it('takes nothing, a part and more for a wrong proof', () => {
    const proof = new Uint8Array(32).fill(7);
    expect(isProof(proof, proof)).toBe(true);
    for (const wrong of [null, new Uint8Array(), proof.subarray(1), new Uint8Array(33).fill(7)]) {
      expect(isProof(wrong, proof)).toBe(false);
    }
  });
});
