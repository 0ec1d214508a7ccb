/** What a Prometheus gets from a worker that rolls a service out. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../src/embedded/ports.ts';
import { OneMachine, sendTraffic } from '../cli/one-machine.ts';
import { eventually } from '../fixtures/eventually.ts';

let machine: OneMachine;
let traffic: { stop: () => Promise<void> } | undefined;
const port = await freePort();
const sdkAddress = `127.0.0.1:${await freePort()}`;

beforeAll(async () => {
  process.env['BELAY_HEALTH_PORT'] = String(port);
  process.env['BELAY_SDK_METRICS_ADDRESS'] = sdkAddress;
  machine = await OneMachine.start();
});

afterAll(async () => {
  delete process.env['BELAY_HEALTH_PORT'];
  delete process.env['BELAY_SDK_METRICS_ADDRESS'];
  await traffic?.stop();
  await machine.stop();
});

/** The values of all series that begin so. */
async function scrape(): Promise<Record<string, number>> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  const lines = (await answer.text()).split('\n').filter((line) => line.startsWith('belay_'));
  return Object.fromEntries(
    lines.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

test('a worker shows its rollouts, what their holds measured, and what it executed', async () => {
  await machine.belay(['deploy', '-w', '-f', await machine.spec('v1')]);
  const { service } = await machine.json<{ service?: { url?: string } }>(['status', 'shop']);
  traffic = sendTraffic(service?.url ?? '');
  const deployed = machine.belay(['deploy', '-w', '-f', await machine.spec('v2')]);
  await eventually(async () => {
    expect(await scrape()).toMatchObject({
      'belay_activities_running{queue="watches",activity="watchHold"}': 1,
      'belay_worker_slots_used{queue="watches"}': 1,
    });
  });
  await deployed;
  const seen = await scrape();
  expect(seen).toMatchObject({
    'belay_rollouts_total{kind="canary",environment="demo",outcome="Promoted"}': 2,
    'belay_service_rollouts_total{environment="demo",service="shop",outcome="Promoted"}': 2,
    'belay_rollout_duration_seconds_count{kind="canary",outcome="Promoted"}': 2,
    'belay_verdicts_total{verdict="pass",decided="at-deadline"}': expect.any(Number),
    'belay_activities_total{activity="appendReport",result="completed"}': 2,
    'belay_activities_running{queue="watches",activity="watchHold"}': 0,
    'belay_worker_polling{queue="acts"}': 1,
    'belay_worker_polling{queue="watches"}': 1,
    belay_temporal_answers: 1,
  });
  const measured = Object.entries(seen).filter(([name]) =>
    name.startsWith('belay_measurements_total'),
  );
  expect(measured).not.toEqual([]);
});

test("the SDK tells its own at an address of its own, in seconds and with Prometheus' suffixes", async () => {
  const text = await (await fetch(`http://${sdkAddress}/metrics`)).text();
  expect(text).toMatch(/^temporal_request_total{/m);
  expect(text).toMatch(/^temporal_activity_execution_latency_seconds_bucket{/m);
});

test('a rollout that waits for a person is named while it waits', async () => {
  const held = { stages: [{ weight: 50, hold: '10m' }], supersede: false };
  await machine.belay(['deploy', '-f', await machine.spec('v3', held)]);
  await eventually(async () => {
    const { exitCode } = await machine.belay(['pause', 'shop']);
    expect(exitCode).toBe(0);
  });
  const waiting = 'belay_rollout_waiting{environment="demo",service="shop",phase="paused"}';
  const open = 'belay_rollouts_open{kind="canary",environment="demo",phase="paused"}';
  await eventually(
    async () => expect(await scrape()).toMatchObject({ [waiting]: 1, [open]: 1 }),
    40_000,
  );
  await machine.belay(['abort', 'shop', '--why', 'seen enough']);
  await eventually(async () => expect(await scrape()).not.toHaveProperty([waiting]), 40_000);
});
