import { describe, expect, it } from 'vitest';
import { CliFailure, exitCodes } from '../../src/cli/failure.ts';
import { chooseEnvironment, parseServiceName } from '../../src/cli/service-name.ts';

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

  it('finds the only environment that knows the service', () => {
    const found = chooseEnvironment('shop', ['demo', 'demo']);
    expect(found).toEqual({ service: 'shop', environment: 'demo' });
  });

  it('lists the choices where there are more', () => {
    expect(() => chooseEnvironment('shop', ['prod', 'demo'])).toThrow(
      'shop is in more than one environment; say which one:\n  demo/shop\n  prod/shop',
    );
  });

  it('says where to look for one that nobody knows', () => {
    const failure = catchFailure(() => chooseEnvironment('shpo', []));
    expect(failure.exitCode).toBe(exitCodes.badInput);
    expect(failure.message).toContain('belay list');
  });
});

function catchFailure(act: () => unknown): CliFailure {
  try {
    act();
  } catch (error) {
    if (error instanceof CliFailure) return error;
  }
  throw new Error('It did not fail as a CliFailure');
}
