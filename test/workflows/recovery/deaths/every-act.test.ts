import { setTimeout as sleep } from 'node:timers/promises';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, describe, expect, it } from 'vitest';
import type { RunReport } from '../../../../src/contracts/kernel/report.ts';
import { isChosenKind, sweepScenario } from '../../../e2e/crash/chosen-strikes.ts';
import { differences } from '../../../e2e/crash/end-state.ts';
import { StruckTable } from '../../../e2e/crash/struck-table.ts';
import { spread } from '../../../e2e/crash/sweep.ts';
import { setWorkerOptions } from '../../../fixtures/scripted-workers.ts';
import { startTimeSkippingServer } from '../../../fixtures/time-skipping-server.ts';
import type { Scenario } from '../../../histories/scenario.ts';
import { ofRecovery } from './scenarios-of-recovery.ts';
import { StruckActs } from './struck-acts.ts';

const limitMs = 4 * 60 * 60_000;
const endsWithinMs = 90_000;
const sampledPlaces = 2;
/** One for each kind. */
const sample = [
  ...['failover-from-a-server-that-has-ended', 'switchover', 'rejoin', 'region-failback'],
  ...['point-in-time-that-is-swapped-in', 'playbook-that-is-undone', 'incident-that-is-resolved'],
];
const chosen = Object.entries(ofRecovery).filter(([name]) =>
  isChosenKind(name, sample.includes(name)),
);

interface End {
  reached: boolean;
  passed: ReadonlySet<string>;
  outcome: string;
  /** Without what differs between any two runs. */
  done: object;
}

let plays = 0;

async function play(
  env: TestWorkflowEnvironment,
  scenario: Scenario,
  { place, ...more }: { place?: string; maxCachedWorkflows?: number } = {},
): Promise<End> {
  plays += 1;
  const name = `struck-${plays}`;
  const acts = new StruckActs(name, place);
  setWorkerOptions(env, { ...more, interceptors: { activity: [acts.interceptors] } });
  let left: object = {};
  const again = { name, show: (shown: object) => (left = shown) };
  const workflowId = await scenario(env, again);
  const report = (await env.client.workflow.getHandle(workflowId).result()) as RunReport;
  const { isReached: reached, passed } = acts;
  return { reached, passed, outcome: report.outcome, done: shown(name, report, left) };
}

function shown(name: string, { outcome, steps = [], undo, people }: RunReport, left: object) {
  const states = (all: readonly { name: string; state: string }[]) =>
    [...new Set(all.map((step) => `${step.name}: ${step.state}`))].toSorted();
  const done = {
    ...{ outcome, steps: states(steps), undo: states(undo), left },
    people: people.map(({ verb }) => verb),
  };
  return JSON.parse(JSON.stringify(done).replaceAll(name, 'it')) as object;
}

/** A run that waits for somebody who never comes is told apart from one that is slow. */
async function playInTime(...given: Parameters<typeof play>): Promise<End> {
  const late = new AbortController();
  const { signal } = late;
  const tooLate = sleep(endsWithinMs, undefined, { signal }).then(() => {
    throw new Error(`it has not ended within ${endsWithinMs / 1_000} s`);
  });
  tooLate.catch(() => undefined);
  const playing = play(...given);
  playing.catch(() => undefined);
  try {
    return await Promise.race([playing, tooLate]);
  } finally {
    late.abort();
  }
}

describe('a recovery in which whoever carries out an act dies', () => {
  const table = new StruckTable();

  afterAll(() => {
    table.close();
  });

  it.each(chosen)(
    'ends the same, before the act and after it, and wherever its history has to be read again: %s',
    { timeout: limitMs },
    async (scenario, story) => {
      let env = await startTimeSkippingServer();
      try {
        const usual = await playInTime(env, story);
        const forgetful = await playInTime(env, story, { maxCachedWorkflows: 0 });
        expect(differences(usual.done, forgetful.done)).toEqual([]);
        const all = [...usual.passed].map((place) => ({ victim: 'act', place }));
        await sweepScenario(table, {
          ...{ scenario, all, sampleOf: (each) => spread(each, sampledPlaces) },
          strike: async ({ victim, place }) => {
            const beganAtMs = performance.now();
            const seconds = () => (performance.now() - beganAtMs) / 1_000;
            const struck = { scenario, victim, place };
            try {
              const { reached, outcome, done } = await playInTime(env, story, { place });
              const found = differences(usual.done, done);
              return { ...struck, reached, outcome, differences: found, seconds: seconds() };
            } catch (error) {
              await env.teardown();
              env = await startTimeSkippingServer();
              const found = [String(error)];
              return {
                ...struck,
                reached: false,
                outcome: 'none',
                differences: found,
                seconds: seconds(),
              };
            }
          },
        });
      } finally {
        await env.teardown();
      }
    },
  );

  it('ends the same wherever that was', () => {
    expect(table.different()).toEqual([]);
  });
});
