import type { Info } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { agentTaskQueue } from '../../../../src/contracts/kernel/agent.ts';
import { missed } from '../../../fixtures/time-skipping/missed-activity.ts';

type Acts = NonNullable<ReturnType<ActivityInterceptorsFactory>['inbound']>;
type Execute = NonNullable<Acts['execute']>;

/**
 * Whoever carries out an act dies before it, or after its effect while nobody was told of it: Temporal hears
 * nothing of it in time, and it is carried out again.
 */
export class StruckActs {
  /** `fenceNode#1:before`, each once, in order. */
  readonly passed = new Set<string>();
  #subject = '';
  #place: string | undefined;
  readonly #known = new Map<string, string[]>();
  /** What agents have on record of acts that they have carried out. */
  readonly #records = new Map<string, unknown>();
  isReached = false;

  /** Of runs about the subject from now on; without a place nobody dies. */
  begin(subject: string, place?: string): void {
    this.#subject = subject;
    this.#place = place;
    this.isReached = false;
    for (const known of [this.passed, this.#known, this.#records]) known.clear();
  }

  readonly interceptors: ActivityInterceptorsFactory = ({ info }) => ({
    inbound: {
      execute: async (input, next) => {
        const { workflowExecution: run, activityType, activityId, isLocal, taskQueue } = info;
        // A local act is part of a task of the workflow.
        if (isLocal || run?.workflowId.includes(this.#subject) !== true) return next(input);
        const act = this.#nameOf(activityType, `${run.runId}/${activityId}`);
        this.#pass(`${act}:before`, info);
        const record = taskQueue.startsWith(agentTaskQueue('')) ? recordOf(input) : undefined;
        if (record !== undefined && this.#records.has(record)) return this.#records.get(record);
        const answer: unknown = await next(input);
        if (record !== undefined) this.#records.set(record, answer);
        this.#pass(`${act}:after`, info);
        return answer;
      },
    },
  });

  #pass(place: string, info: Info): void {
    this.passed.add(place);
    if (place !== this.#place || this.isReached) return;
    this.isReached = true;
    throw missed(info);
  }

  /** An act that is carried out again keeps its name. */
  #nameOf(kind: string, id: string): string {
    const ids = this.#known.get(kind) ?? [];
    if (!ids.includes(id)) this.#known.set(kind, [...ids, id]);
    return `${kind}#${(this.#known.get(kind) ?? []).indexOf(id) + 1}`;
  }
}

function recordOf({ args: [call] }: Parameters<Execute>[0]): string | undefined {
  const { act } = (call ?? {}) as { act?: { runRef: string; step: number } };
  return act && `${act.runRef}/${act.step}`;
}
