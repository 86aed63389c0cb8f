import { describe, expect, it } from '@jest/globals';

import { describeActor } from './actor-facts.js';

const about = { id: 1, worker: 'tcp://127.0.0.1:1' };

describe('what a handle knows of its actor', () => {
  it('are the methods and getters of its class and those above, and its own properties', () => {
    class Base {
      inherited(): void {}
      overridden(): void {}
    }
    class Thing extends Base {
      static shared(): void {}
      field = 1;
      unset: number | undefined;
      readonly arrow = (): number => this.field;
      #secret = 2;
      override overridden(): void {}
      get derived(): number {
        return this.#secret;
      }
      set derived(value: number) {
        this.#secret = value;
      }
    }
    const facts = describeActor(new Thing(), about);
    expect(facts).toMatchObject({ ...about, className: 'Thing' });
    expect([...facts.methods].sort()).toEqual(['arrow', 'inherited', 'overridden']);
    expect([...facts.attributes].sort()).toEqual(['derived', 'field', 'unset']);
  });

  it('is nothing of what all objects have, also where they have no prototype', () => {
    expect(describeActor({}, about)).toMatchObject({ methods: [], attributes: [] });
    const bare = Object.assign(Object.create(null) as object, { n: 1, f: () => 1 });
    expect(describeActor(bare, about)).toMatchObject({ className: 'object', methods: ['f'], attributes: ['n'] });
  });

  it('is found without running any code of the actor', () => {
    const trap = {
      get danger(): never {
        throw new Error('was read');
      },
    };
    expect(describeActor(trap, about).attributes).toEqual(['danger']);
  });

  it('ends where there is no end of members', () => {
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`p${String(i)}`, i]));
    expect(describeActor(many, about).attributes).toHaveLength(1000);
  });
});
