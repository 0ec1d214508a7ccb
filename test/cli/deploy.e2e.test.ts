import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServiceState } from '../../src/contracts/rollouts/platform.ts';
import type { RolloutReport } from '../../src/contracts/rollouts/report.ts';
import type { RolloutStatus } from '../../src/contracts/rollouts/status.ts';
import { eventually } from '../fixtures/eventually.ts';
import { OneMachine, sendTraffic } from './one-machine.ts';

interface Known {
  rollout?: RolloutStatus;
  report?: RolloutReport;
  service?: ServiceState;
}

const longHold = { stages: [{ weight: 50, hold: '10m' }], supersede: false };

describe('the belay command on one machine', () => {
  let machine: OneMachine;
  let traffic: { stop: () => Promise<void> } | undefined;

  beforeAll(async () => {
    machine = await OneMachine.start();
  });
  afterAll(async () => {
    await traffic?.stop();
    await machine.stop();
  });

  const known = () => machine.json<Known>(['status', 'shop']);
  const untilHeld = () =>
    eventually(async () => {
      const { rollout } = await known();
      if (rollout?.phase !== 'holding') throw new Error(`still ${rollout?.phase ?? 'closed'}`);
      return rollout;
    });

  it('promotes a first release and says so', async () => {
    const { exitCode, stdout } = await machine.belay([
      'deploy',
      '-w',
      '-f',
      await machine.spec('v1'),
    ]);
    expect(stdout).toContain('demo/shop  v1  Promoted');
    expect(stdout).toContain('First release');
    expect(exitCode).toBe(0);
    const { service } = await known();
    expect(service?.stable?.release.version).toBe('v1');
    traffic = sendTraffic(service?.url ?? '');
  });

  it('starts nothing in a dry run', async () => {
    const file = await machine.spec('v2');
    const { exitCode, stdout } = await machine.belay(['deploy', '--dry-run', '-f', file]);
    expect(stdout).toMatch(/50 % +1 +3s +5 times, every 600ms/);
    expect(exitCode).toBe(0);
    const started = await machine.belay(['start', '--dry-run', '-f', file]);
    expect(started.stdout).toBe(stdout);
    expect((await machine.json<{ rollouts: unknown[] }>(['list'])).rollouts).toEqual([]);
  });

  it('exits with 0 for a healthy release that is promoted while somebody watches', async () => {
    const { exitCode, stdout } = await machine.belay([
      'deploy',
      '-w',
      '-f',
      await machine.spec('v2'),
    ]);
    expect(stdout).toMatch(/v2 50 % {2}holding/);
    expect(stdout).toContain('demo/shop  v2  Promoted');
    expect(exitCode).toBe(0);
  });

  it('exits with 1 for a broken release that is caught and undone', async () => {
    const file = await machine.spec('v3', {}, { ERROR_RATE: '0.5' });
    const { exitCode, stdout } = await machine.belay(['deploy', '-w', '-f', file]);
    expect(stdout).toMatch(/v3 {2}RolledBack after .*error-rate/);
    expect(exitCode).toBe(1);
    expect((await known()).service?.stable?.release.version).toBe('v2');
  });

  it('refuses a spec with every problem and exit code 2', async () => {
    const file = join(machine.folder, 'bad.yaml');
    await writeFile(file, 'kind: canary\nservice: Shop!\nenvironment: demo\nstage: []\n');
    const { exitCode, stderr } = await machine.belay(['deploy', '-f', file]);
    expect(stderr).toMatch(/bad\.yaml: \d problems/);
    expect(stderr).toContain('stage');
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(exitCode).toBe(2);
  });

  it('exits with 3 where no Temporal answers, without a stack trace', async () => {
    const nowhere = { TEMPORAL_ADDRESS: '127.0.0.1:1' };
    const { exitCode, stderr } = await machine.belay(['list'], nowhere);
    expect(stderr).toContain('No Temporal server answers at 127.0.0.1:1');
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(exitCode).toBe(3);
  });

  it('lets people decide about an open rollout, and refuses what means nothing now', async () => {
    await machine.belay(['deploy', '-f', await machine.spec('v4', longHold)]);
    await untilHeld();

    const second = await machine.belay(['deploy', '-f', await machine.spec('v5')]);
    expect(second.exitCode).toBe(4);
    expect(second.stderr).toContain('--supersede');

    const wrongStage = await machine.belay(['promote', 'shop', '--stage', '20']);
    expect(wrongStage.exitCode).toBe(1);
    expect(wrongStage.stderr).toContain('20 %');

    expect((await machine.belay(['pause', 'shop', '--why', 'lunch'])).exitCode).toBe(0);
    expect((await known()).rollout).toMatchObject({ phase: 'paused' });
    expect((await machine.belay(['pause', 'shop'])).exitCode).toBe(1);
    expect((await machine.belay(['resume', 'demo/shop'])).exitCode).toBe(0);

    const watching = machine.belay(['watch', 'shop']);
    expect(
      (await machine.belay(['abort', 'shop', '--as', 'ana', '--why', 'enough'])).exitCode,
    ).toBe(0);
    const watched = await watching;
    expect(watched.stdout).toContain('Aborted by ana: enough');
    expect(watched.exitCode).toBe(1);

    const late = await machine.belay(['abort', 'shop']);
    expect(late.exitCode).toBe(1);
    expect(late.stderr).toContain('No rollout of demo/shop is open');
  });

  it('follows the release that supersedes, past the one that makes way', async () => {
    await machine.belay(['deploy', '-f', await machine.spec('v6', longHold)]);
    await untilHeld();
    const watchingOld = await machine.belayInBackground(['watch', 'shop']);
    const file = await machine.spec('v7');
    const { exitCode, stdout } = await machine.belay(['deploy', '-w', '--supersede', '-f', file]);
    expect(stdout).toContain('demo/shop  v7  Promoted');
    expect(exitCode).toBe(0);
    const old = await watchingOld.ended;
    expect(old.stdout).toContain('Superseded');
    expect(old.exitCode).toBe(1);
  });

  it('brings the release before back when asked to undo after the end', async () => {
    expect((await machine.belay(['undo', 'shop', '--why', 'second thoughts'])).exitCode).toBe(0);
    await eventually(async () => {
      const { service } = await known();
      expect(service?.stable?.release.version).toBe('v2');
    });
  });

  it('starts the spec of the last rollout again', async () => {
    const before = await machine.belay(['deploy', '-w', '-f', await machine.spec('v8')]);
    expect(before.exitCode).toBe(0);
    const again = await machine.belay(['retry', 'shop']);
    expect(again.stderr).toContain('v8 of demo/shop already serves');
    expect(again.exitCode).toBe(1);
  });

  it('remembers every outcome, with one report in full', async () => {
    const reports = await machine.json<RolloutReport[]>(['history', 'shop', '--limit', '50']);
    const outcomes = reports
      .map(({ details, outcome }) => `${details.version} ${outcome}`)
      .reverse();
    expect(outcomes).toEqual([
      'v1 Promoted',
      'v2 Promoted',
      'v3 RolledBack',
      'v4 Aborted',
      'v6 Superseded',
      'v7 Promoted',
      'v2 Promoted',
      'v8 Promoted',
    ]);
    const broken = reports.find(({ details }) => details.version === 'v3')?.runRef ?? '';
    const { stdout } = await machine.belay(['history', 'shop', '--report', broken]);
    expect(stdout).toContain('# demo/shop v3: RolledBack');
    expect(stdout).toContain('## Measured at 50 %');
  });

  it('prints what the replicas wrote', async () => {
    const { stdout } = await machine.belay(['logs', 'shop', '--track', 'stable', '-n', '5']);
    expect(stdout).toMatch(/shop v\d listens on port/);
  });
});
