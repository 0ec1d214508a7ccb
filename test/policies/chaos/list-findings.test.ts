import { describe, expect, it } from 'vitest';
import type { ExperimentDetails } from '../../../src/contracts/chaos/details.ts';
import { listFindings } from '../../../src/policies/chaos/list-findings.ts';

const dayMs = 86_400_000;

/** One run a day, the first on day 0. */
const runs = (outcomes: readonly string[], name = 'web', more: Partial<ExperimentDetails> = {}) =>
  outcomes.map((outcome, day) => ({
    ...{ subject: { environment: 'staging', name }, outcome, reason: `${outcome} on day ${day}` },
    ...{ runRef: `run-${day}`, startedAtMs: day * dayMs, endedAtMs: day * dayMs + 60_000 },
    details: {
      experiment: { environment: 'staging', experiment: name },
      ...{ candidates: 1, targets: [], windows: [], leftBehind: [], ...more },
    },
  }));

describe('findings of experiments', () => {
  it('are those whose last verdict is not Passed, from the first run in a row', () => {
    const [finding, ...others] = listFindings(
      runs(['Failed', 'Passed', 'Failed', 'Inconclusive'], 'web', { owner: 'team-web' }),
      4 * dayMs,
    );
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      ...{ experiment: 'web', state: 'open', outcome: 'Inconclusive', times: 2 },
      ...{ reason: 'Inconclusive on day 3', runRef: 'run-3', owner: 'team-web' },
      ...{ sinceMs: 2 * dayMs + 60_000, retestByMs: 33 * dayMs + 60_000 },
    });
  });

  it('are closed by a run that passes, and by nothing else', () => {
    expect(listFindings(runs(['Failed', 'Aborted', 'Planned']), 5 * dayMs)).toMatchObject([
      { state: 'open', outcome: 'Failed', times: 1 },
    ]);
    expect(listFindings(runs(['Failed', 'Passed']), 5 * dayMs)).toMatchObject([
      { state: 'closed', closedBy: 'run-1', closedAtMs: dayMs + 60_000 },
    ]);
    expect(listFindings(runs(['Passed', 'Passed', 'Aborted']), 5 * dayMs)).toEqual([]);
  });

  it('are runs that a stop condition has ended, and not those that a person has', () => {
    const ended = (endedBy: 'person' | 'stop-condition') =>
      listFindings(runs(['Passed', 'Aborted'], 'web', { endedBy }), 5 * dayMs);
    expect(ended('person')).toEqual([]);
    expect(ended('stop-condition')).toMatchObject([{ state: 'open', outcome: 'Aborted' }]);
  });

  it('are runs whose fault somebody gave up to remove', () => {
    expect(listFindings(runs(['Passed', 'UndoFailed']), 5 * dayMs)).toMatchObject([
      { state: 'open', outcome: 'UndoFailed' },
    ]);
  });

  it('are closed by a person until a later run does not pass, which is a finding of its own', () => {
    const closures = [
      {
        ...{ environment: 'staging', experiment: 'web', runRef: 'run-1' },
        ...{ by: 'ana', why: 'the service was removed', atMs: 3 * dayMs },
      },
    ];
    expect(listFindings(runs(['Failed', 'Failed']), 90 * dayMs, closures)).toMatchObject([
      {
        ...{ state: 'closed', times: 2, closedAtMs: 3 * dayMs },
        closure: { by: 'ana', why: 'the service was removed' },
      },
    ]);
    const [again] = listFindings(
      runs(['Failed', 'Failed', 'Inconclusive', 'Failed']),
      5 * dayMs,
      closures,
    );
    expect(again).toMatchObject({
      ...{ state: 'open', times: 2, sinceMs: 2 * dayMs + 60_000, runRef: 'run-3' },
    });
    expect(again).not.toHaveProperty('closure');
    const [passed] = listFindings(runs(['Failed', 'Failed', 'Passed']), 5 * dayMs, closures);
    expect(passed).toMatchObject({ state: 'closed', closedBy: 'run-2' });
    expect(passed).not.toHaveProperty('closure');
  });

  it('are overdue where they were not tried again in their time, and those come first', () => {
    const found = listFindings(
      [
        ...runs(['Failed'], 'late', { retestWithinMs: 2 * dayMs }),
        ...runs(['Failed', 'Passed'], 'mended'),
        ...runs(['NotInjected'], 'young'),
      ],
      5 * dayMs,
    );
    expect(found.map(({ experiment, state }) => [experiment, state])).toEqual([
      ['late', 'overdue'],
      ['young', 'open'],
      ['mended', 'closed'],
    ]);
  });
});
