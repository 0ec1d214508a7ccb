import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Worker } from '@temporalio/worker';
import { createHostFaultActivities } from '../../../activities/chaos/host-faults.ts';
import { createAgentActivities } from '../../../activities/kernel/agent.ts';
import type { FaultyHost } from '../../../scripts/faulty-host/faulty-host.ts';
import type { ExperimentDetails } from '../../../src/contracts/chaos/details.ts';
import { agentTaskQueue } from '../../../src/contracts/kernel/agent.ts';
import type { RunReport } from '../../../src/contracts/kernel/report.ts';
import { openFaultyHost } from '../../agent/chaos/open-faulty-host.ts';
import { ScriptedChaos } from '../../fixtures/scripted-chaos.ts';
import { devServer } from '../../fixtures/temporal.ts';

let chaos: ScriptedChaos;
let host: FaultyHost;
let agent: Worker;
let running: Promise<void>;

beforeAll(async () => {
  chaos = await ScriptedChaos.on(await devServer());
  host = await openFaultyHost();
  agent = await Worker.create({
    connection: chaos.env.nativeConnection,
    taskQueue: agentTaskQueue(host.agent),
    activities: {
      ...createAgentActivities(host.host),
      ...createHostFaultActivities(host.agent, host.chaos),
    },
  });
  running = agent.run();
});

afterAll(async () => {
  agent.shutdown();
  await running;
  await host.dispose();
  await chaos.stop();
});

describe('an experiment on a real server, by a real agent', () => {
  it('freezes it, finds that nobody is answered, and sees it recover', async () => {
    const hosts = await chaos.hosts();
    const run = await chaos.start(hosts, {
      target: { agents: [host.agent], process: 'web' },
      mostOfTarget: '100%',
      ...{ duration: '6s', every: '200ms', steadyState: '2s' },
      hypothesis: {
        answers: { errorsOf: { agent: host.agent, probe: 'web' }, atMost: '20%' },
        quick: { latencyOf: { agent: host.agent, probe: 'web' }, atMost: '2s' },
      },
      stopConditions: 'none',
    });
    const report = (await run.report()) as unknown as RunReport<ExperimentDetails>;
    const { windows, leftBehind, recoveredAfterMs, targets } = report.details;
    const [steady, during, after] = windows;
    const states = (of: typeof steady) => of?.metrics.map(({ state }) => state);
    expect([states(steady), states(during), states(after)], report.reason).toEqual([
      ...[
        ['holds', 'holds'],
        ['fails', 'no-data'],
        ['holds', 'holds'],
      ],
    ]);
    expect(report).toMatchObject({ outcome: 'Failed', undo: [] });
    expect(targets).toMatchObject([{ agent: host.agent, identity: { pid: host.pid } }]);
    expect(leftBehind).toEqual([]);
    expect(recoveredAfterMs).toBeLessThan(60_000);
    expect(host.state()).toBe('S');
  });
});
