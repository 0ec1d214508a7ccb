import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createAskPermit,
  tellChangeControl,
} from '../../../src/adapters/temporal/change-control.ts';
import {
  changeControlQuery,
  giveBackSignal,
  type ChangeControlReceipt,
  type ChangeControlState,
  type PermitAnswer,
  type PermitRequest,
} from '../../../src/contracts/kernel/change-control.ts';
import { defaultTaskQueue as taskQueue } from '../../../src/contracts/kernel/task-queues.ts';
import { changeControlWorkflowId } from '../../../src/kinds/locks.ts';
import { builtProgram } from '../../fixtures/built.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { devServer } from '../../fixtures/temporal.ts';

const services = ['a', 'b', 'c', 'd', 'e', 'f'];

let env: TestWorkflowEnvironment;
let home: string;
let program: string[];
let worker: ChildProcess | undefined;

beforeAll(async () => {
  [env, home, program] = await Promise.all([
    devServer(),
    mkdtemp(join(tmpdir(), 'belay-killed-')),
    builtProgram('workers/control'),
  ]);
});
afterAll(async () => {
  await kill();
  await env.teardown();
  await rm(home, { recursive: true, force: true });
});

function startWorker(): void {
  worker = spawn(process.execPath, program, {
    env: { ...process.env, BELAY_HOME: home, TEMPORAL_ADDRESS: env.address },
    stdio: 'ignore',
  });
}

async function kill(): Promise<void> {
  if (worker?.exitCode !== null || worker.signalCode !== null) return;
  worker.kill('SIGKILL');
  await once(worker, 'exit');
}

/** As two workers do: one takes over a run from the other, and asks for it with the same request. */
function createAskTwice(environment: string) {
  const workers = [createAskPermit(env.client), createAskPermit(env.client)];
  const asking = { environment, taskQueue, deadlineMs: Date.now() + 120_000 };
  return (request: PermitRequest): Promise<PermitAnswer>[] =>
    workers.map((ask) => ask(request, { ...asking, runId: request.firstRunId }));
}

/** Of an open run, which nobody works on. */
async function requestOf(
  environment: string,
  family: string,
  kind: string,
  name: string,
): Promise<PermitRequest> {
  const workflowId = `${kind}/${environment}/${name}`;
  const { firstExecutionRunId: firstRunId } = await env.client.workflow.start('heldOpen', {
    ...{ workflowId, taskQueue: 'nobody', args: [] },
  });
  const scopes = [{ of: 'service' as const, name }];
  return { runRef: `${workflowId} ${firstRunId}`, family, kind, workflowId, firstRunId, scopes };
}

interface Asked {
  request: PermitRequest;
  answers: Promise<PermitAnswer[]>;
}

describe.each([0, 5])('change control whose worker is killed after %s answers', (answersBefore) => {
  const environment = `prod-${answersBefore}`;
  const control = () => env.client.workflow.getHandle(changeControlWorkflowId(environment));
  const state = () =>
    eventually(() => control().query<ChangeControlState>(changeControlQuery), 30_000);

  test('grants no permit twice, loses none, and keeps the freeze that was set meanwhile', async () => {
    startWorker();
    const requests = await Promise.all(
      services.flatMap((name) => [
        requestOf(environment, 'rollouts', 'canary', name),
        requestOf(environment, 'chaos', 'experiment', name),
      ]),
    );
    const askTwice = createAskTwice(environment);
    let answered = 0;
    const asked = requests.map((request): Asked => {
      const answers = askTwice(request);
      for (const answer of answers) void answer.then(() => (answered += 1));
      return { request, answers: Promise.all(answers) };
    });
    await eventually(async () => expect(answered).toBeGreaterThanOrEqual(answersBefore));
    await kill();
    expect(answered).toBeLessThan(2 * requests.length);
    const freezing = tellChangeControl<ChangeControlReceipt>(env.client, {
      ...{ environment, taskQueue, name: 'freeze', input: { by: 'ana', why: 'Black Friday' } },
    });
    startWorker();

    await freezing;
    const late = await requestOf(environment, 'rollouts', 'canary', 'late');
    const granted = new Set<string>();
    for (const { request, answers } of asked) {
      const [one, other] = await answers;
      expect(other).toEqual(one);
      if (one?.granted) granted.add(request.runRef);
    }
    const { permits, freezes } = await state();
    expect(permits.map(({ runRef }) => runRef).sort()).toEqual([...granted].sort());
    expect(freezes).toMatchObject([{ by: 'ana' }]);
    for (const name of services) {
      const both = asked.filter(({ request }) => request.scopes[0]?.name === name);
      const answers = await Promise.all(both.map(async ({ answers: given }) => (await given)[0]));
      const refusals = answers.flatMap((answer) => (answer?.granted ? [] : [answer?.type]));
      // One is in the other's way only where that one has its permit.
      expect([['PermitRefused'], ['Frozen'], ['Frozen', 'Frozen']]).toContainEqual(refusals);
    }
    expect(await Promise.all(askTwice(late))).toMatchObject([
      { granted: false, type: 'Frozen' },
      { granted: false, type: 'Frozen' },
    ]);

    await kill();
    for (const runRef of granted) await control().signal(giveBackSignal, { runRef });
    startWorker();
    await eventually(async () => expect((await state()).permits).toEqual([]));
    expect((await state()).freezes).toHaveLength(1);
    await kill();
  });
});
