import { describe, expect, it } from 'vitest';
import { allows, isMeantAsScope, parseScope, writePermission } from '../../src/http/scopes.ts';
import { kindsWithErrands } from '../fixtures/errands.ts';

const shop = { kind: 'verbs', lock: 'rollout', environment: 'demo', name: 'shop' } as const;
const milk = { kind: 'verbs', lock: 'errand', environment: 'demo', name: 'milk' } as const;

function scope(written: string) {
  const parsed = parseScope(written, kindsWithErrands);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
}

describe('the scope of a credential', () => {
  it.each([
    ['verbs', true, false],
    ['verbs:demo/shop', true, false],
    ['verbs:demo/*:abort', true, false],
    ['verbs:demo/milk', false, false],
    ['verbs:rollout/demo/shop:abort,promote', true, false],
    ['verbs:errand/demo/*', false, true],
    ['verbs:errand/demo/milk:approve', false, false],
    ['verbs:*/demo/*', true, true],
    ['verbs:*/*/*:abort', true, true],
    ['verbs:*/live/*', false, false],
    ['alerts', false, false],
  ])(
    '%s lets a rollout of demo/shop be aborted: %s, the errand demo/milk: %s',
    (written, one, two) => {
      expect(allows([scope(written)], { ...shop, verb: 'abort' })).toBe(one);
      expect(allows([scope(written)], { ...milk, verb: 'abort' })).toBe(two);
    },
  );

  it.each([
    ['declare', true, true],
    ['declare:prod/*', true, false],
    ['declare:prod/shop', true, false],
    ['declare:*/bank', false, false],
    ['verbs', false, false],
    ['alerts', false, false],
  ])('%s lets incidents of prod/shop be declared: %s, of demo/shop: %s', (written, one, two) => {
    const wanted = { kind: 'declare', name: 'shop' } as const;
    expect(allows([scope(written)], { ...wanted, environment: 'prod' })).toBe(one);
    expect(allows([scope(written)], { ...wanted, environment: 'demo' })).toBe(two);
  });

  it.each([
    ['indicators', true, true],
    ['indicators:prod/*', true, false],
    ['indicators:prod/checkout', true, false],
    ['declare', false, false],
  ])('%s lets counts of prod/checkout be pushed: %s, of demo/checkout: %s', (written, one, two) => {
    const wanted = { kind: 'indicators', name: 'checkout' } as const;
    expect(allows([scope(written)], { ...wanted, environment: 'prod' })).toBe(one);
    expect(allows([scope(written)], { ...wanted, environment: 'demo' })).toBe(two);
  });

  it.each([
    ['indicator', 'is not a scope'],
    ['verbs:erand/demo/milk', 'did you mean "errand"? (one of: rollout, '],
    [
      'verbs:errand/demo/milk:promote',
      'there is no verb "promote"; there are approve, retry, abort',
    ],
    ['verbs:*/demo/*:dance', 'there is no verb "dance"; there are promote, promoteFull,'],
    ['verbs:a/b/c/d', 'is not a scope'],
    ['alert', 'is not a scope'],
    ['declare:prod', 'is not a scope'],
    ['declare:prod/shop:ack', 'is not a scope'],
  ])('is refused as %s', (written, problem) => {
    expect(isMeantAsScope(written)).toBe(true);
    expect(parseScope(written, kindsWithErrands)).toEqual({
      problem: expect.stringContaining(problem) as string,
    });
  });

  it('is named as a line of the file has it', () => {
    expect(writePermission({ ...shop, verb: 'abort' })).toBe('verbs:demo/shop:abort');
    const declares = { kind: 'declare', environment: 'prod', name: 'shop' } as const;
    expect(writePermission(declares)).toBe('declare:prod/shop');
    expect(writePermission({ ...milk, verb: 'abort' })).toBe('verbs:errand/demo/milk:abort');
  });
});
