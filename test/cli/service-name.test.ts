import { describe, expect, it } from 'vitest';
import { CliFailure } from '../../src/cli/failure.ts';
import { parseServiceName } from '../../src/cli/service-name.ts';

describe('naming a rollout', () => {
  it.each([
    ['shop', undefined, { service: 'shop' }],
    ['shop', 'demo', { service: 'shop', environment: 'demo' }],
    ['demo/shop', undefined, { service: 'shop', environment: 'demo' }],
    ['demo/shop', 'demo', { service: 'shop', environment: 'demo' }],
    ['rollout/demo/shop', undefined, { service: 'shop', environment: 'demo' }],
  ])('reads %s beside --environment %s', (typed, environment, expected) => {
    expect(parseServiceName(typed, environment)).toEqual(expected);
  });

  it.each(['', 'a/b/c', 'demo/', '/shop', "sh'op", 'Shop'])(
    'refuses "%s" as bad input',
    (typed) => {
      expect(() => parseServiceName(typed)).toThrow(CliFailure);
    },
  );

  it('refuses two environments that differ', () => {
    expect(() => parseServiceName('demo/shop', 'prod')).toThrow(
      '"demo/shop" says environment demo, --environment says prod: leave one out.',
    );
  });
});
