import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { statusQuery } from '../../../../src/contracts/kernel/messages.ts';
import type { RunStatus } from '../../../../src/contracts/kernel/run.ts';
import { eventually } from '../../../fixtures/eventually.ts';
import { ScriptedAgents } from '../../../fixtures/scripted-agents.ts';
import { ScriptedHosts } from '../../../fixtures/scripted-hosts.ts';
import { ScriptedPlaybooks } from '../../../fixtures/scripted-playbooks.ts';
import { experimentOn } from '../../../fixtures/scripted-stages.ts';
import { ScriptedTarget } from '../../../fixtures/scripted-target.ts';
import { devServer } from '../../../fixtures/temporal.ts';

let playbooks: ScriptedPlaybooks;
let agents: ScriptedAgents;
let target: ScriptedTarget;
let hosts: ScriptedHosts;

beforeAll(async () => {
  playbooks = await ScriptedPlaybooks.on(await devServer());
  agents = new ScriptedAgents(playbooks.env.nativeConnection);
});

afterAll(async () => {
  await agents.stop();
  await playbooks.stop();
});

beforeEach(async () => {
  target = playbooks.target = new ScriptedTarget();
  hosts = new ScriptedHosts(`at-${randomUUID().slice(0, 8)}`);
  await agents.start(hosts);
});

const strike = () => ({
  id: 'strike',
  action: 'belay.run',
  with: {
    kind: 'chaosExperiment',
    spec: {
      ...{ environment: 'prod', experiment: hosts.name, services: ['web'] },
      ...experimentOn(hosts),
    },
  },
});

const experiment = () => playbooks.env.client.workflow.getHandle(`chaos/prod/${hosts.name}`);

describe('a playbook whose step is a chaos experiment', () => {
  it('goes on once it has passed, and knows its verdict', async () => {
    const run = await playbooks.run({
      steps: [strike(), { notify: { text: 'it ${steps.strike.outcome}' } }],
    });
    expect(await run.report()).toMatchObject({ outcome: 'Complete' });
    const texts = target.notifications.map(({ text }) => text);
    expect(texts).toContain('it Passed');
    expect(target.reports).toMatchObject([
      { kind: 'chaosExperiment', parentRef: run.handle.workflowId },
      { kind: 'playbook' },
    ]);
  });

  it('is held where it failed, with its verdict', async () => {
    hosts.whileFaulted = { value: 5_000, failed: true };
    const run = await playbooks.run({ steps: [strike()] });
    const now = await eventually(async () => {
      const status = await run.status();
      expect(status.phase, status.now).toBe('held');
      return status.now;
    });
    expect(now).toContain(`chaos/prod/${hosts.name} ended as Failed: answers: 100% is above 5%`);
    await run.send('abort');
    expect(await run.report()).toMatchObject({ outcome: 'Aborted' });
    expect(hosts.faulted.size).toBe(0);
  });

  it('has its fault removed before an abort of the playbook ends', async () => {
    hosts.isWatchOpen = true;
    const run = await playbooks.run({ steps: [strike()] });
    await eventually(async () => {
      const { now } = await experiment().query<RunStatus>(statusQuery);
      expect(now).toMatch(/^watch/);
    });
    expect(hosts.faulted.size).toBe(1);
    await run.send('abort', { by: 'ana' });
    expect(await run.report()).toMatchObject({ outcome: 'Aborted' });
    expect(hosts.faulted.size).toBe(0);
    expect(await experiment().result()).toMatchObject({ outcome: 'Aborted' });
  });
});
