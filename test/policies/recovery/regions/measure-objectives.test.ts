import { describe, expect, it } from 'vitest';
import { describeLag } from '../../../../src/policies/recovery/regions/describe-lag.ts';
import { measureObjectives } from '../../../../src/policies/recovery/regions/measure-objectives.ts';

const objectives = { rtoMs: 60_000, rpoMs: 1_000 };
const times = { lostSinceMs: 0, namesAtMs: 60_000 };
const moved = (loss?: { bytes?: number; ms?: number; atLeast?: true }) => ({
  ...{ database: 'shop', workflowId: 'database/prod/shop', outcome: 'FailedOver' },
  ...(loss && { loss }),
});
const verdicts = (given: Parameters<typeof measureObjectives>[0]) =>
  measureObjectives(given).map(({ verdict }) => verdict);
const alreadyThere = { database: 'orders', outcome: 'AlreadyThere' };

describe('the two clocks of a move', () => {
  it.each([
    ['both are met at their bounds', times, [moved({ ms: 1_000 })], ['met', 'met']],
    [
      'the outage is too long',
      { ...times, namesAtMs: 60_001 },
      [moved({ bytes: 0 })],
      ['missed', 'met'],
    ],
    [
      'the worst database counts',
      times,
      [moved({ bytes: 0 }), moved({ ms: 1_001 })],
      ['met', 'missed'],
    ],
    ['a loss that nobody knows is not met', times, [moved({ bytes: 9 })], ['met', 'unmeasured']],
    [
      'no bytes or more are not nothing',
      times,
      [moved({ bytes: 0, ms: 1_001, atLeast: true })],
      ['met', 'missed'],
    ],
    [
      'names that were not led are not met',
      { lostSinceMs: 0 },
      [moved({ ms: 0 })],
      ['unmeasured', 'met'],
    ],
  ] as const)('%s', (_, at, databases, expected) => {
    const planned = databases.length;
    const given = { times: at, databases, planned, isServing: true, objectives };
    expect(verdicts(given)).toEqual(expected);
  });

  it('nobody knows the outage where services were not ready', () => {
    const databases = [moved({ ms: 0 })];
    const given = { times, databases, planned: 1, isServing: false, objectives };
    expect(verdicts(given)).toEqual(['unmeasured', 'met']);
  });

  it.each([
    ['was there already: whoever moved it knows what was lost', [alreadyThere], 1],
    ['was there already, beside one that lost nothing', [moved({ bytes: 0 }), alreadyThere], 2],
    ['was given up', [moved({ bytes: 0 })], 2],
    ['does not exist', [], 0],
  ])('the loss of a database is not met where it %s', (_, databases, planned) => {
    const given = { times, databases, planned, isServing: true, objectives };
    expect(verdicts(given)).toEqual(['met', 'unmeasured']);
  });
});

describe('how far a standby is', () => {
  it('says of when its last commit is, and where nobody knows', () => {
    expect(describeLag({ receivedLsn: '0/5', replayedUntilMs: 1_000 }, 13_000)).toBe(
      'has received 0/5, and its last commit is of 1970-01-01T00:00:01.000Z: commits of at most 12s are missing',
    );
    expect(describeLag({ receivedLsn: '0/5' }, 13_000)).toBe(
      'has received 0/5; nobody knows of when',
    );
  });
});
