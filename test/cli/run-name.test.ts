import { describe, expect, it } from 'vitest';
import { CliFailure, exitCodes } from '../../src/cli/failure.ts';
import { chooseRun, parseRunName, type KnownRun } from '../../src/cli/runs/run-name.ts';
import { kinds } from '../../src/kinds/registry.ts';
import { kindsWithErrands } from '../fixtures/errands.ts';

describe('naming a run', () => {
  it.each([
    ['shop', undefined, { name: 'shop' }],
    ['shop', 'demo', { name: 'shop', environment: 'demo' }],
    ['demo/shop', undefined, { name: 'shop', environment: 'demo' }],
    ['demo/shop', 'demo', { name: 'shop', environment: 'demo' }],
    ['rollout/demo/shop', undefined, { lock: 'rollout', name: 'shop', environment: 'demo' }],
    ['errand/demo/milk', 'demo', { lock: 'errand', name: 'milk', environment: 'demo' }],
  ])('reads %s beside --environment %s', (typed, environment, expected) => {
    expect(parseRunName(typed, { environment, kinds: kindsWithErrands })).toEqual(expected);
  });

  it.each(['', 'rollout/a/b/c', 'demo/', '/shop', "sh'op", 'Shop'])(
    'refuses "%s" as bad input',
    (typed) => {
      const failure = catchFailure(() => parseRunName(typed, { kinds }));
      expect(failure.exitCode).toBe(exitCodes.badInput);
      expect(failure.message).toContain('ENVIRONMENT/NAME');
    },
  );

  it('refuses a workflow ID of no kind, and says which there are', () => {
    expect(() => parseRunName('erand/demo/milk', { kinds: kindsWithErrands })).toThrow(
      '"erand/demo/milk": no kind of run has workflow IDs that begin with "erand"; ' +
        'did you mean "errand"? (one of: rollout, backup, ',
    );
  });

  it('refuses two environments that differ', () => {
    expect(() => parseRunName('demo/shop', { environment: 'prod', kinds })).toThrow(
      '"demo/shop" says environment demo, --environment says prod: leave one out.',
    );
  });
});

describe('choosing among the runs that are known', () => {
  const rollout = (environment: string, kind = 'canary'): KnownRun => ({
    ...{ lock: 'rollout', environment, name: 'shop', kind },
  });
  const errand: KnownRun = { lock: 'errand', environment: 'demo', name: 'shop', kind: 'errand' };

  it('takes the only one, however often it has run', () => {
    const chosen = chooseRun({ name: 'shop' }, [rollout('demo'), rollout('demo')], 'rollout');
    expect(chosen).toEqual({ lock: 'rollout', environment: 'demo', name: 'shop' });
  });

  it('lists the environments where there are more', () => {
    expect(() => chooseRun({ name: 'shop' }, [rollout('prod'), rollout('demo')], 'run')).toThrow(
      'shop is in more than one environment; say which one:\n  demo/shop\n  prod/shop',
    );
  });

  it('lists workflow IDs and kinds where runs of several kinds have the name', () => {
    const known = [rollout('demo', 'blueGreen'), errand];
    expect(() => chooseRun({ name: 'shop', environment: 'demo' }, known, 'run')).toThrow(
      'shop names more than one run; say which one:\n' +
        '  errand/demo/shop   errand\n' +
        '  rollout/demo/shop  blueGreen',
    );
  });

  it('says where to look for one that nobody knows', () => {
    const failure = catchFailure(() => chooseRun({ name: 'shpo' }, [], 'rollout'));
    expect(failure.exitCode).toBe(exitCodes.badInput);
    expect(failure.message).toBe(
      'No rollout of shpo is known here. See what there is with: belay list',
    );
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
