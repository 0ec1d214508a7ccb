import { setTimeout as sleep } from 'node:timers/promises';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { RunReport } from '../../../../src/contracts/kernel/report.ts';
import { setWorkerOptions } from '../../../fixtures/scripted-workers.ts';
import { startTimeSkippingServer } from '../../../fixtures/time-skipping-server.ts';
import type { OpenScenario, Scenario } from '../../../histories/scenario.ts';
import { StruckActs } from './struck-acts.ts';

const endsWithinMs = 120_000;
/** Each play has hosts of its own, whose workers go on until the stage is closed. */
const mostPlays = 20;

export interface StruckPlay {
  reached: boolean;
  passed: string[];
  outcome: string;
  /** Without what differs between any two runs. */
  done: object;
}

/** A server that skips time, on which one scenario is played again and again. */
export class StruckStage {
  readonly #scenario: Scenario;
  readonly #options: { maxCachedWorkflows?: number };
  readonly #acts = new StruckActs();
  #env: TestWorkflowEnvironment | undefined;
  #opened: OpenScenario | undefined;
  #plays = 0;

  constructor(scenario: Scenario, options: { maxCachedWorkflows?: number } = {}) {
    this.#scenario = scenario;
    this.#options = options;
  }

  /** A run that waits for somebody who never comes is told apart from one that is slow. */
  async play(place?: string): Promise<StruckPlay> {
    if (this.#plays % mostPlays === 0) await this.close();
    this.#plays += 1;
    // The first one may have to build the workflows.
    const opened = await this.#open();
    const late = new AbortController();
    const tooLate = sleep(endsWithinMs, undefined, { signal: late.signal }).then(() => {
      throw new Error(`it has not ended within ${endsWithinMs / 1_000} s`);
    });
    tooLate.catch(() => undefined);
    const playing = this.#play(opened, `struck-${this.#plays}`, place);
    playing.catch(() => undefined);
    try {
      return await Promise.race([playing, tooLate]);
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      late.abort();
    }
  }

  async close(): Promise<void> {
    const [env, opened] = [this.#env, this.#opened];
    [this.#env, this.#opened] = [undefined, undefined];
    await Promise.race([opened?.close(), sleep(10_000, undefined, { ref: false })]);
    await env?.teardown();
  }

  async #play(
    [env, opened]: readonly [TestWorkflowEnvironment, OpenScenario],
    name: string,
    place: string | undefined,
  ): Promise<StruckPlay> {
    this.#acts.begin(name, place);
    const { workflowId, left } = await opened.play(name);
    const report = (await env.client.workflow.getHandle(workflowId).result()) as RunReport;
    const { isReached: reached, passed } = this.#acts;
    const done = shown(name, report, left);
    return { reached, passed: [...passed], outcome: report.outcome, done };
  }

  async #open(): Promise<readonly [TestWorkflowEnvironment, OpenScenario]> {
    this.#env ??= await startTimeSkippingServer();
    const interceptors = { activity: [this.#acts.interceptors] };
    setWorkerOptions(this.#env, { ...this.#options, interceptors });
    if (this.#scenario.open === undefined) throw new Error('it has no stage');
    this.#opened ??= await this.#scenario.open(this.#env);
    return [this.#env, this.#opened];
  }
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
