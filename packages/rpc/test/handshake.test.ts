import { randomBytes } from 'node:crypto';
import type { Address } from '@grid/common';
import type { Message, MessageWith } from '@grid/protocol';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { proofOf, type Transcript } from '../src/handshake/proof.js';
import type { RpcError } from '../src/errors.js';
import type { RawPeer } from './support/rpc-rig.js';
import { identity, RpcRig, TOKEN } from './support/rpc-rig.js';
import { failureOf, until } from './support/until.js';

const nonce = (): Uint8Array => new Uint8Array(randomBytes(32));

function hello(changes: Partial<MessageWith<'hello'>> = {}): MessageWith<'hello'> {
  const facts = { versionMin: 1, versionMax: 1, role: 'worker', instanceId: 'w', features: [], about: {} } as const;
  return { op: 'hello', ...facts, nonce: nonce(), ...changes };
}

function proofFor(said: MessageWith<'hello'>, challenge: MessageWith<'challenge'>, token = TOKEN): Uint8Array {
  const { version } = challenge;
  const transcript: Transcript = { ...said, version, dialer: said, listener: challenge };
  return proofOf(token, 'dialer', transcript);
}

describe.each(['tcp', 'inproc'] as const)('the handshake over %s', (scheme) => {
  let rig: RpcRig;

  beforeEach(() => {
    rig = new RpcRig(scheme);
  });

  afterEach(() => rig.close());

  async function challenged(
    address: Address,
    said: MessageWith<'hello'>,
  ): Promise<[RawPeer, MessageWith<'challenge'>]> {
    const peer = await rig.dialRaw(address);
    await peer.send(said);
    const challenge = await peer.receive();
    expect(challenge?.op).toBe('challenge');
    return [peer, challenge as MessageWith<'challenge'>];
  }

  it('tells both ends who the other is', async () => {
    const address = await rig.server().listen(rig.anyAddress);
    const local = { ...identity('client', 'client-7'), features: ['lz4'], about: { name: 'me' } };
    const link = await rig.dial(address, { local });
    expect(link.peer).toMatchObject({ role: 'scheduler', instanceId: 'scheduler-1', features: [] });
    await until(() => rig.accepted.length === 1, 'the link');
    expect(rig.accepted[0]?.peer).toMatchObject({ role: 'client', instanceId: 'client-7', features: ['lz4'] });
    expect({ ...rig.accepted[0]?.peer.about }).toEqual({ name: 'me' });
  });

  it.each([
    ['another token', 'another-token', TOKEN, /another token/],
    ['no token', null, TOKEN, /asks for a token; set GRID_TOKEN/],
    ['a token, where the listener has none', TOKEN, null, /has no token, but a token was given/],
  ])('refuses a dialer with %s', async (_, token, listenerToken, text) => {
    const address = await rig.server({ token: listenerToken }).listen(rig.anyAddress);
    const error = (await failureOf(rig.dial(address, { token }))) as RpcError;
    expect(error.code).toBe('GRID_RPC_UNAUTHENTICATED');
    expect(error.message).toMatch(text);
    expect(rig.accepted).toHaveLength(0);
  });

  it('opens where neither end has a token', async () => {
    const address = await rig.server({ token: null }).listen(rig.anyAddress);
    expect((await rig.dial(address, { token: null })).isClosed).toBe(false);
  });

  it('answers every kind of wrong proof in the same way', async () => {
    const address = await rig.server().listen(rig.anyAddress);
    const answers: string[] = [];
    for (const wrong of ['none', 'short', 'long', 'random', 'of-another-token', 'the-listeners-own'] as const) {
      const said = hello();
      const [peer, challenge] = await challenged(address, said);
      const right = proofFor(said, challenge);
      const proofs = {
        none: null,
        short: right.subarray(0, 31),
        long: new Uint8Array([...right, 0]),
        random: nonce(),
        'of-another-token': proofFor(said, challenge, 'another-token'),
        'the-listeners-own': challenge.proof,
      };
      await peer.send({ op: 'answer', proof: proofs[wrong] });
      answers.push(JSON.stringify(await peer.receive()));
      expect(await peer.receive()).toBeUndefined();
    }
    expect(answers[0]).toContain('GRID_RPC_UNAUTHENTICATED');
    expect(new Set(answers).size).toBe(1);
    expect(rig.accepted).toHaveLength(0);
  });

  it('lets in who has the right proof, so that the tests above fail for the proof only', async () => {
    const address = await rig.server().listen(rig.anyAddress);
    const said = hello();
    const [peer, challenge] = await challenged(address, said);
    await peer.send({ op: 'answer', proof: proofFor(said, challenge) });
    expect(await peer.receive()).toEqual({ op: 'welcome' });
  });

  it('makes a recorded handshake worthless', async () => {
    const address = await rig.server().listen(rig.anyAddress);
    const said = hello();
    const [first, challenge] = await challenged(address, said);
    const answer: Message = { op: 'answer', proof: proofFor(said, challenge) };
    await first.send(answer);
    expect(await first.receive()).toEqual({ op: 'welcome' });
    const [second] = await challenged(address, said);
    await second.send(answer);
    expect(await second.receive()).toMatchObject({ op: 'refusal', code: 'GRID_RPC_UNAUTHENTICATED' });
  });

  it('does not take what another listener of the cluster was answered', async () => {
    const here = await rig.server().listen(rig.anyAddress);
    const there = await rig.server({ local: identity('worker') }).listen(rig.anyAddress);
    const said = hello();
    const [peer] = await challenged(here, said);
    const [, other] = await challenged(there, said);
    await peer.send({ op: 'answer', proof: proofFor(said, other) });
    expect(await peer.receive()).toMatchObject({ op: 'refusal', code: 'GRID_RPC_UNAUTHENTICATED' });
  });

  it.each<[string, (said: MessageWith<'hello'>) => MessageWith<'hello'>]>([
    ['role', (said) => ({ ...said, role: 'client' })],
    ['instance', (said) => ({ ...said, instanceId: 'somebody-else' })],
    ['features', (said) => ({ ...said, features: ['extra'] })],
    ['versions', (said) => ({ ...said, versionMax: 9 })],
  ])('notices a proxy that changes the dialer’s %s on the way', async (_, change) => {
    const address = await rig.server().listen(rig.anyAddress);
    const proxy = await rig.listenRaw((dialer) => void relay(dialer));
    async function relay(dialer: RawPeer): Promise<void> {
      const listener = await rig.dialRaw(address);
      const said = (await dialer.receive()) as MessageWith<'hello'>;
      await listener.send(change(said));
      const challenge = await listener.receive();
      if (challenge !== undefined) await dialer.send(challenge);
      const answer = await dialer.receive();
      if (answer !== undefined) await listener.send(answer);
    }
    expect(await failureOf(rig.dial(proxy))).toMatchObject({ code: 'GRID_RPC_UNAUTHENTICATED' });
    expect(rig.accepted).toHaveLength(0);
  });

  it('keeps its proof from a listener that has not shown the token', async () => {
    let answer: Message | undefined;
    const fake = await rig.listenRaw((peer) => {
      void (async () => {
        const said = (await peer.receive()) as MessageWith<'hello'>;
        const { role, about } = identity('scheduler');
        const proof = proofOf('guess', 'listener', { ...said, version: 1, dialer: said, listener: said });
        await peer.send({
          op: 'challenge',
          version: 1,
          role,
          about,
          instanceId: 'x',
          features: [],
          nonce: nonce(),
          proof,
        });
        answer = await peer.receive();
      })();
    });
    expect(await failureOf(rig.dial(fake))).toMatchObject({ code: 'GRID_RPC_UNAUTHENTICATED' });
    await until(() => answer !== undefined, 'the answer');
    expect(answer).toEqual({ op: 'answer', proof: null });
  });

  it('never sends the token itself', async () => {
    const seen: string[] = [];
    const address = await rig.server().listen(rig.anyAddress);
    const proxy = await rig.listenRaw((dialer) => {
      void (async () => {
        const listener = (await rig.dialRaw(address)).comm;
        const pipe = async (from: typeof listener, to: typeof listener): Promise<void> => {
          for await (const frames of from) {
            seen.push(...frames.map((frame) => Buffer.from(frame).toString('latin1')));
            await to.send(frames);
          }
        };
        await Promise.allSettled([pipe(dialer.comm, listener), pipe(listener, dialer.comm)]);
      })();
    });
    expect((await rig.dial(proxy)).isClosed).toBe(false);
    expect(seen).toHaveLength(4);
    expect(seen.join('')).not.toContain(TOKEN);
    expect(JSON.stringify(rig.logger.lines)).not.toContain(TOKEN);
  });

  it('refuses a dialer of other versions, and names both ranges', async () => {
    const address = await rig.server().listen(rig.anyAddress);
    for (const range of [
      { versionMin: 2, versionMax: 9 },
      { versionMin: 0, versionMax: 0 },
    ]) {
      const peer = await rig.dialRaw(address);
      await peer.send(hello(range));
      const refusal = (await peer.receive()) as MessageWith<'refusal'>;
      expect(refusal).toMatchObject({ op: 'refusal', code: 'GRID_RPC_VERSION' });
      expect(JSON.parse(JSON.stringify(refusal.details))).toEqual({
        listener: { min: 1, max: 1 },
        dialer: { min: range.versionMin, max: range.versionMax },
      });
    }
  });

  it('passes the listener’s refusal on to the dialer, with code and details', async () => {
    const details = { listener: { min: 8, max: 9 } };
    const newer = await rig.listenRaw(
      (peer) => void peer.send({ op: 'refusal', code: 'GRID_RPC_VERSION', message: 'too old', details }),
    );
    const error = (await failureOf(rig.dial(newer))) as RpcError;
    expect(error.code).toBe('GRID_RPC_VERSION');
    expect(JSON.stringify(error.details)).toContain('{"min":8,"max":9}');
  });

  it('refuses a version that was not offered', async () => {
    const odd = await rig.listenRaw((peer) => {
      const { role, about } = identity('scheduler');
      void peer.send({
        op: 'challenge',
        version: 7,
        role,
        about,
        instanceId: 'x',
        features: [],
        nonce: nonce(),
        proof: nonce(),
      });
    });
    expect(await failureOf(rig.dial(odd))).toMatchObject({ code: 'GRID_RPC_BAD_PEER' });
  });

  it('tells members of the cluster only whom it takes', async () => {
    const address = await rig.server({ roles: ['client'] }).listen(rig.anyAddress);
    expect(await failureOf(rig.dial(address))).toMatchObject({ code: 'GRID_RPC_ROLE' });
    expect(await failureOf(rig.dial(address, { token: 'wrong' }))).toMatchObject({ code: 'GRID_RPC_UNAUTHENTICATED' });
    expect((await rig.dial(address, { local: identity('client') })).isClosed).toBe(false);
  });

  it.each<[string, Message]>([
    ['a message of later on', { op: 'register-client', clientId: 'x', name: 'x', versions: {} }],
    ['welcome', { op: 'welcome' }],
    ['an answer to nothing', { op: 'answer', proof: null }],
    ['no nonce', hello({ nonce: new Uint8Array(3) })],
    ['no instance id', hello({ instanceId: '' })],
    ['a name of 10 000 letters', hello({ instanceId: 'x'.repeat(10_000) })],
    ['more features than anybody has', hello({ features: new Array<string>(60).fill('f') })],
  ])('closes a line that begins with %s, without a word', async (_, message) => {
    const address = await rig.server().listen(rig.anyAddress);
    const peer = await rig.dialRaw(address);
    await peer.send(message);
    expect(await peer.receive()).toBeUndefined();
    expect(rig.logger.at('warn').filter(({ text }) => text === 'refused a line')).toHaveLength(1);
    expect((await rig.dial(address)).isClosed).toBe(false);
  });

  it('lets in nobody who mixes up the messages of the handshake', async () => {
    const server = rig.server();
    const address = await server.listen(rig.anyAddress);
    const step = fc.oneof(
      fc.constant<Message>(hello()),
      fc.constant<Message>({ op: 'welcome' }),
      fc.constant<Message>({ op: 'keep-alive' }),
      fc.constant<Message>({ op: 'scheduler-closing', reason: '' }),
      fc.uint8Array({ minLength: 0, maxLength: 40 }).map<Message>((proof) => ({ op: 'answer', proof })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (steps) => {
        const peer = await rig.dialRaw(address);
        for (const message of steps) await peer.send(message).catch(() => undefined);
        const heard: string[] = [];
        if (steps.length === 1 && steps[0]?.op === 'hello') peer.comm.abort('enough');
        for (let next = await peer.receive(); next !== undefined; next = await peer.receive()) heard.push(next.op);
        expect(heard).not.toContain('welcome');
      }),
      { numRuns: 60 },
    );
    expect([server.links.size, rig.accepted.length]).toEqual([0, 0]);
  });

  it('ends a handshake that is not over in time, at either end', async () => {
    const silent = await rig.dialRaw(await rig.server({ handshakeTimeoutMs: 30 }).listen(rig.anyAddress));
    expect(await silent.receive()).toBeUndefined();
    // Long enough for an answer on a busy machine, since that answer is part of the rule.
    const half = await rig.dialRaw(await rig.server({ handshakeTimeoutMs: 500 }).listen(rig.anyAddress));
    await half.send(hello());
    expect(await half.receive()).toMatchObject({ op: 'challenge' });
    expect(await half.receive()).toBeUndefined();
    const deaf = await rig.listenRaw(() => {});
    expect(await failureOf(rig.dial(deaf, { deadlineMs: 30 }))).toMatchObject({ code: 'GRID_RPC_TIMEOUT' });
  });

  it('makes room for others when strangers do nothing, and asks newcomers to try again when it cannot', async () => {
    const address = await rig.server({ unauthenticatedMax: 1, unauthenticatedPatienceMs: 100 }).listen(rig.anyAddress);
    const silent = await rig.dialRaw(address);
    // Turned away at first, and let in once the other has been silent for long enough.
    expect((await rig.dial(address)).isClosed).toBe(false);
    expect(rig.logger.at('warn').some(({ fields }) => fields['code'] === 'GRID_RPC_BUSY')).toBe(true);
    expect(await silent.receive()).toBeUndefined();
  });

  it('ends the attempt with the reason of the signal', async () => {
    const deaf = await rig.listenRaw(() => {});
    const controller = new AbortController();
    const failure = failureOf(rig.dial(deaf, { signal: controller.signal }));
    controller.abort('enough');
    expect(await failure).toBe('enough');
  });

  it('fails with what the comm says where nobody listens', async () => {
    const gone = await rig.server().listen(rig.anyAddress);
    await rig.close();
    expect(await failureOf(rig.dial(gone, { deadlineMs: 50 }))).toMatchObject({ code: 'GRID_COMM_CONNECT_FAILED' });
  });
});
