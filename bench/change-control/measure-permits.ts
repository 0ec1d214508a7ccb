import { createAskPermit } from '../../src/adapters/temporal/change-control.ts';
import {
  changeControlQuery,
  giveBackSignal,
  type ChangeControlState,
  type PermitRequest,
} from '../../src/contracts/kernel/change-control.ts';
import { changeControlWorkflowId } from '../../src/kinds/locks.ts';
import { inParallel } from '../measures/in-parallel.ts';
import { quantilesOf, type Quantiles } from '../measures/quantiles.ts';
import { until } from '../measures/until.ts';
import { progress } from '../report/tell.ts';
import type { MeasuredSystem } from '../system/measured-system.ts';

export interface PermitsPlan {
  /** Permits that are held all the time. */
  held: number;
  repetitions: number;
  /** How many ask at once in the second measurement. */
  concurrency: number;
}

export interface PermitsFigures extends PermitsPlan {
  /** Change control has nothing else to do. */
  oneAtATimeMs: Quantiles;
  /** One at a time, while the permit of the run before is being given back. */
  closeBehindMs: Quantiles;
  togetherMs: Quantiles;
  refused: number;
  heldAfterwards: number;
}

const environment = 'permits';
const patienceMs = 30_000;
const warmUps = 50;
const filledAtOnce = 20;

/** Asks, as the activity of a rollout does, while many permits are held; each is given back after it was measured. */
export async function measurePermits(
  { client, config }: MeasuredSystem,
  plan: PermitsPlan,
): Promise<PermitsFigures> {
  const { taskQueue } = config;
  const control = client.workflow.getHandle(changeControlWorkflowId(environment));
  const askPermit = createAskPermit(client);
  let refused = 0;
  const ask = async (request: PermitRequest): Promise<number> => {
    const begunMs = performance.now();
    const deadlineMs = Date.now() + patienceMs;
    const { granted } = await askPermit(request, {
      ...{ environment, taskQueue, deadlineMs },
      runId: request.firstRunId,
    });
    if (!granted) refused += 1;
    return performance.now() - begunMs;
  };
  const askAndGiveBack = async (request: PermitRequest): Promise<number> => {
    const tookMs = await ask(request);
    await control.signal(giveBackSignal, { runRef: request.runRef });
    return tookMs;
  };
  const readHeld = async () =>
    (await control.query<ChangeControlState>(changeControlQuery)).permits.length;
  const untilGivenBack = () =>
    until('the permit is given back', async () => (await readHeld()) <= plan.held, 5);

  progress(`${plan.held} runs take a permit`);
  await inParallel(requests('held', plan.held), filledAtOnce, ask);
  for (const request of requests('warm-up', warmUps)) await askAndGiveBack(request);

  progress(`${plan.repetitions} runs ask one at a time, then ${plan.concurrency} at a time`);
  const alone: number[] = [];
  for (const request of requests('alone', plan.repetitions)) {
    await untilGivenBack();
    alone.push(await askAndGiveBack(request));
  }
  const closeBehind = await inParallel(
    requests('close-behind', plan.repetitions),
    1,
    askAndGiveBack,
  );
  const together = await inParallel(
    requests('together', plan.repetitions),
    plan.concurrency,
    askAndGiveBack,
  );
  return {
    ...plan,
    oneAtATimeMs: quantilesOf(alone),
    closeBehindMs: quantilesOf(closeBehind),
    togetherMs: quantilesOf(together),
    refused,
    heldAfterwards: await readHeld(),
  };
}

function requests(prefix: string, count: number): PermitRequest[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `${prefix}-${index}`;
    return {
      ...{ runRef: `20260101T000000-${name}`, family: 'rollouts', kind: 'canary' },
      ...{ workflowId: `rollout/${environment}/${name}`, firstRunId: name },
      scopes: [{ of: 'service' as const, name }],
    };
  });
}
