/** The playbooks of the examples that need a cluster, each to its end and in one unhappy way; their actions are tried on a real one in test/kubernetes. */
import { readFileSync } from 'node:fs';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { agentTaskQueue, type RunCommandCall } from '../../../../src/contracts/kernel/agent.ts';
import { states } from '../../../fixtures/playbook-steps.ts';
import { ScriptedPlaybooks } from '../../../fixtures/scripted-playbooks.ts';
import { longestStartMs } from '../../../fixtures/scripted-rollouts.ts';
import { ScriptedTarget } from '../../../fixtures/scripted-target.ts';

let playbooks: ScriptedPlaybooks;
let target: ScriptedTarget;
let stopAgent: () => Promise<unknown>;
let commands: string[];

beforeAll(async () => {
  playbooks = await ScriptedPlaybooks.start();
  const names = ['revoke-sessions', 'rotate-credentials'];
  const worker = await Worker.create({
    connection: playbooks.env.nativeConnection,
    taskQueue: agentTaskQueue('vault-1'),
    activities: {
      describeAgent: async () => ({
        ...{ name: 'vault-1', host: 'vault-1', version: '0.2.0', probes: [] },
        commands: names.map((name) => ({ name })),
      }),
      runCommand: async ({ command }: RunCommandCall) => {
        commands.push(command);
        return { ending: 'exited', exitCode: 0, stdout: '', stderr: '' };
      },
    },
  });
  const running = worker.run();
  stopAgent = async () => {
    worker.shutdown();
    await running;
  };
}, longestStartMs);

afterAll(async () => {
  await stopAgent();
  await playbooks.stop();
});

beforeEach(() => {
  target = playbooks.target = new ScriptedTarget();
  commands = [];
});

const play = (name: string, values: object) => {
  const file = new URL(`../../../../examples/playbooks/${name}.yaml`, import.meta.url);
  const { steps, inputs } = parse(readFileSync(file, 'utf8')) as {
    steps: object[];
    inputs: object;
  };
  return playbooks.run({ steps, inputs, with: values });
};
const messages = () =>
  target.notifications.filter(({ event }) => event === 'message').map(({ text }) => text);
const no = { passed: false } as const;
const at = { namespace: 'shop', workload: 'deployment/web' };

describe('a security breach', () => {
  const breach = { ...at, agent: 'vault-1', networkPolicy: 'web' };

  it('keeps evidence, isolates, revokes and rotates, replaces the pods, and is reviewed by a person', async () => {
    const run = await play('security-breach', breach);
    await run.until(({ phase }) => phase === 'awaiting-approval');
    await run.send('approve', { by: 'ana' });
    const report = await run.report();
    expect(report.outcome).toBe('Complete');
    expect(states(report)).toEqual([
      ...['step1: done', 'logs: done', 'events: done', 'isolate: done', 'stop: skipped'],
      ...['revoke: done', 'rotate: done', 'patch: skipped', 'replace: done', 'ready: done'],
      expect.stringMatching(/: done$/),
    ]);
    expect(commands).toEqual(['revoke-sessions', 'rotate-credentials']);
    expect(target.acts).toEqual([
      'kubernetes.patch undefined',
      'kubernetes.restart deployment/web',
    ]);
  });

  it.each(['network', 'scale'])(
    'deletes no pod without the evidence of its logs, also where a person skips that (%s)',
    async (isolation) => {
      target.script('kubernetes.logs', no, no);
      const run = await play('security-breach', { ...breach, isolation });
      await run.until(({ phase }) => phase === 'held');
      await run.send('skip', { by: 'ana', why: 'it writes no logs' });
      const { now } = await run.until(({ phase, now: said }) => {
        return phase === 'held' && said.includes('evidence');
      });
      expect(now).toContain('requires evidence that is "logs"');
      expect(target.acts.filter((act) => !act.startsWith('kubernetes.patch'))).toEqual([]);
      await run.send('abort', { by: 'ana', why: 'a test' });
      expect((await run.report()).outcome).toBe('Aborted');
    },
  );
});

describe('a crash loop', () => {
  const crashing = { passed: false, outputs: { crashing: 2, why: 'CrashLoopBackOff' } };

  it('keeps what the containers said, and is over after a restart', async () => {
    target.script('kubernetes.ready deployment/web', crashing);
    const report = await (await play('crash-loop', at)).report();
    expect(states(report)).toEqual([
      ...['state: failed', 'previous: done', 'events: done', 'restart: done', 'ready: done'],
      'step6: skipped',
    ]);
    expect(messages()).toEqual([]);
  });

  it('calls people where it still crashes after a restart', async () => {
    target.script('kubernetes.ready deployment/web', ...Array<typeof crashing>(200).fill(crashing));
    const report = await (await play('crash-loop', at)).report();
    expect(report.outcome).toBe('Complete');
    expect(messages()).toEqual(['deployment/web still crashes after a restart: CrashLoopBackOff']);
  });
});

describe('CPU or memory that is high', () => {
  const load = { ...at, query: 'share_of_limit', replicas: 6 };

  it('gets more replicas, and people hear how many there were', async () => {
    const report = await (await play('high-load', load)).report();
    expect(report.outcome).toBe('Complete');
    expect(target.acts).toEqual(['deployment/web = 6']);
    expect(messages()).toEqual(['deployment/web has 6 replicas, had 3']);
  });

  it('that does not go down with more replicas leads to a restart', async () => {
    target.script('prometheus.query', { passed: true }, ...Array<typeof no>(400).fill(no));
    const report = await (await play('high-load', load)).report();
    expect(states(report)).toContain('restart: done');
    expect(target.acts).toEqual(['deployment/web = 6', 'kubernetes.restart deployment/web']);
  });

  it('changes nothing where the load is not high any more', async () => {
    target.script('prometheus.query', no);
    const report = await (await play('high-load', load)).report();
    expect([report.outcome, target.acts]).toEqual(['Complete', []]);
  });
});

describe('a complete outage', () => {
  const url = 'http://shop.example/health';
  const outage = { service: 'shop', url, workload: 'deployment/web' };
  const fails = (times: number) =>
    target.script(`http.get ${url}`, ...Array<typeof no>(times).fill(no));

  it('without a recent deployment is over after a restart', async () => {
    fails(3);
    target.script('belay.lastRun', no);
    const report = await (await play('complete-outage', outage)).report();
    expect(report.outcome).toBe('Complete');
    expect(target.acts).toEqual(['kubernetes.restart deployment/web']);
  });

  it('that nothing has helped against leads to the recovery environment, once a person says so', async () => {
    fails(130);
    target.script('belay.lastRun', no);
    const failover = 'http://router.example/failover';
    const run = await play('complete-outage', { ...outage, failover, replicas: 7 });
    await playbooks.env.sleep('12m');
    await run.until(({ phase }) => phase === 'awaiting-approval');
    expect(target.acts).toEqual(['kubernetes.restart deployment/web', 'deployment/web = 7']);
    fails(0);
    await run.send('approve', { by: 'ana' });
    expect((await run.report()).outcome).toBe('Complete');
    expect(target.acts.at(-1)).toBe(`http.request ${failover}`);
  });

  it('is given back to a person who rejects the recovery environment, and its scaling is undone', async () => {
    fails(500);
    target.script('belay.lastRun', no);
    const run = await play('complete-outage', { ...outage, failover: 'http://router.example' });
    await playbooks.env.sleep('12m');
    await run.until(({ phase }) => phase === 'awaiting-approval');
    await run.send('reject', { by: 'ana', why: 'the recovery environment is down, too' });
    const report = await run.report();
    expect(report.outcome).not.toBe('Complete');
    expect(target.acts.at(-1)).toBe('deployment/web = 3');
  });
});
