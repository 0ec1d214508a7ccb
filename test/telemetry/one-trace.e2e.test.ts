/** What a real receiver of OpenTelemetry gets of rollouts on one machine, processes and all. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { homeLayout } from '../../src/config/home.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import type { RolloutStatus } from '../../src/contracts/rollouts/status.ts';
import { OneMachine } from '../cli/one-machine.ts';
import { eventually } from '../fixtures/eventually.ts';
import { provideOtlpReceiver } from '../setup/provide-otlp-receiver.ts';
import { OtlpReceiver, type ReceivedSpan } from './otlp-receiver.ts';

const unwatched = { analysis: 'none', metrics: undefined };
const executable = await provideOtlpReceiver(loadConfig().cache);

describe.skipIf(executable === undefined)('a machine that sends traces', () => {
  const receiver = new OtlpReceiver();
  let machine: OneMachine;

  beforeAll(async () => {
    await receiver.start(executable ?? '');
    machine = await OneMachine.start({
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.address,
      OTEL_BSP_SCHEDULE_DELAY: '100',
    });
  });

  afterAll(async () => {
    await machine.stop();
    await receiver.stop();
  });

  const names = (spans: ReceivedSpan[]) => spans.map(({ name }) => name);
  const files = () => homeLayout(join(machine.folder, 'home'));
  const untilHeld = (version: string) =>
    eventually(async () => {
      const { rollout } = await machine.json<{ rollout?: RolloutStatus }>(['status', 'shop']);
      if (rollout?.phase !== 'holding' || rollout.version !== version) {
        throw new Error(`${rollout?.version ?? 'nothing'} is ${rollout?.phase ?? 'open'}`);
      }
    });

  async function workers(): Promise<string[]> {
    return (await readdir(files().run)).filter((name) => name.startsWith('worker-'));
  }

  async function workerLog(): Promise<Record<string, unknown>[]> {
    const text = await readFile(join(files().logs, 'worker.log'), 'utf8');
    return text
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  test('covers everything from the command to the platform, and the log names it', async () => {
    const { exitCode } = await machine.belay(['deploy', '-w', '-f', await machine.spec('v1')]);
    expect(exitCode).toBe(0);

    const trace = await receiver.traceOf('belay deploy', (spans) => {
      expect(names(spans)).toEqual(
        expect.arrayContaining([
          'UpdateWithStartWorkflow:canaryDeployment',
          'HandleUpdate:deploy',
          'RunWorkflow:canaryDeployment',
          'RunActivity:resolveSpec',
          'RunActivity:claimService',
          'RunActivity:promoteCanary',
          'RunActivity:appendReport',
          'POST /v1/services/:environment/:service/claim',
        ]),
      );
    });
    const above = (span: ReceivedSpan) => trace.find(({ spanId }) => spanId === span.parentSpanId);
    const claim = trace.find(({ name }) => name.endsWith('/claim'));
    const chain: string[] = [];
    for (let span = claim; span !== undefined; span = above(span)) {
      chain.push(`${span.service}: ${span.name}`);
    }
    expect(chain).toEqual([
      'belay-local-platform: POST /v1/services/:environment/:service/claim',
      'belay-worker: POST',
      'belay-worker: RunActivity:claimService',
      'belay-worker: RunWorkflow:canaryDeployment',
      'belay: UpdateWithStartWorkflow:canaryDeployment',
      'belay: belay deploy',
    ]);

    const run = trace.find(({ name }) => name === 'RunWorkflow:canaryDeployment');
    const lines = (await workerLog()).filter(
      ({ runId }) => runId === run?.attributes['temporalRunID'],
    );
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) {
      expect(line).toMatchObject({
        workflowId: 'rollout/demo/shop',
        service: 'shop',
        environment: 'demo',
        traceId: run?.traceId,
        spanId: run?.spanId,
      });
    }
  });

  test('goes on in the trace after a worker has died, and a message has a trace of its own', async () => {
    const long = { stages: [{ weight: 50, hold: '10m' }] };
    await machine.belay(['deploy', '-f', await machine.spec('v2', long)]);
    await untilHeld('v2');
    const [died = ''] = await workers();
    process.kill(Number(/\d+/.exec(died)?.[0]), 'SIGKILL');
    await eventually(async () => {
      expect((await workers()).filter((name) => name !== died)).toHaveLength(1);
    }, 60_000);
    // Until it answers, a message would be sent as a signal.
    await untilHeld('v2');
    expect((await machine.belay(['pause', 'shop', '--why', 'lunch'])).exitCode).toBe(0);

    const pause = await receiver.traceOf('belay pause', (spans) => {
      expect(names(spans)).toContain('HandleUpdate:pause');
    });
    const rollout = receiver.spans.findLast(({ name }) => name === 'belay deploy');
    const handled = pause.find(({ name }) => name === 'HandleUpdate:pause');
    expect(handled?.links.map(({ traceId }) => traceId)).toEqual([rollout?.traceId]);

    const next = await machine.spec('v3', { ...unwatched, supersede: true });
    expect(await machine.belay(['deploy', '-w', '-f', next])).toMatchObject({ exitCode: 0 });
    const superseded = receiver.spans.filter(({ traceId }) => traceId === rollout?.traceId);
    expect(names(superseded)).toEqual(
      expect.arrayContaining(['RunActivity:removeCanary', 'RunWorkflow:canaryDeployment']),
    );
    await receiver.traceOf('belay deploy', (spans) => {
      expect(names(spans)).toEqual(
        expect.arrayContaining(['RunActivity:promoteCanary', 'RunWorkflow:canaryDeployment']),
      );
    });
    const ids = receiver.spans.map(({ traceId, spanId }) => `${traceId} ${spanId}`);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  });

  test('sends no secret to a collector', async () => {
    const token = (await readFile(files().platformToken, 'utf8')).trim();
    expect(token.length).toBeGreaterThan(20);
    expect(receiver.text).toContain('/v1/services/demo/shop/claim');
    expect(receiver.text).not.toContain(token);
  });

  test('reports once that its collector is unavailable, and still does its work', async () => {
    const away = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' };
    const { exitCode, stderr } = await machine.belay(
      ['deploy', '-f', await machine.spec('v4', { ...unwatched, supersede: true })],
      away,
    );
    expect(stderr.match(/Traces do not reach http:\/\/127\.0\.0\.1:1 \(.+\)/g)).toHaveLength(1);
    expect(exitCode).toBe(0);
  });
});
