/** The commands that all kinds share, with a kind that the product does not have, on a real server. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { registryWithErrands } from '../fixtures/errands.ts';
import { eventually } from '../fixtures/eventually.ts';
import { devServer } from '../fixtures/temporal.ts';
import { belayInProcess } from './belay-in-process.ts';

let env: TestWorkflowEnvironment;
let worker: Worker;
let running: Promise<void>;
let folder: string;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  folder = await mkdtemp(join(tmpdir(), 'belay-any-kind-'));
  env = await devServer();
  vi.stubEnv('TEMPORAL_ADDRESS', env.address);
  vi.stubEnv('BELAY_HOME', join(folder, 'home'));
  vi.stubEnv('BELAY_TASK_QUEUE', 'errands');
  vi.stubEnv('NO_COLOR', '1');
  worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: 'errands',
    workflowsPath: fileURLToPath(new URL('../fixtures/errand-workflow.ts', import.meta.url)),
  });
  running = worker.run();
});

afterAll(async () => {
  worker.shutdown();
  await running;
  await env.teardown();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const belay = (...args: string[]) => belayInProcess(registryWithErrands, args);

async function spec(name: string, keys = ''): Promise<string> {
  const file = join(folder, `${name}.yaml`);
  await writeFile(file, `kind: errand\nenvironment: demo\nname: ${name}\n${keys}`);
  return file;
}

describe('a run of any kind', () => {
  it('is started from its spec, and watched until it succeeds', async () => {
    const { exitCode, stdout } = await belay('start', '-f', await spec('bread'), '--watch');
    expect(stdout).toContain('The errand has started: errand/demo/bread');
    expect(stdout).toMatch(/demo\/bread {2}errand {2}Done after .*: it was approved/);
    expect(exitCode).toBe(0);
  });

  it('is checked before it is started', async () => {
    const bad = await belay('start', '-f', await spec('Bad!', 'asks: 1\n'));
    expect(bad.exitCode).toBe(2);
    expect(bad.stderr).toContain('line 3, name: "Bad!" cannot be part of a workflow ID');
    expect(bad.stderr).toContain('line 4, asks: unknown key; did you mean "ask"?');
    const checked = await belay('spec', 'check', join(folder, 'Bad!.yaml'));
    expect(checked.exitCode).toBe(2);
    expect(checked.stdout).toContain('line 3, name: "Bad!" cannot be part of a workflow ID');
    const fine = await spec('tea', 'schedule: { cron: "@daily", zone: Mars }\n');
    expect((await belay('spec', 'check', fine)).stdout).toContain(
      'line 4, schedule.zone: "Mars" is',
    );
    const dry = await belay('start', '-f', await spec('eggs'), '--dry-run', '--json');
    expect(JSON.parse(dry.stdout)).toMatchObject({ workflowId: 'errand/demo/eggs' });
    expect((await belay('status', 'errand/demo/eggs')).exitCode).toBe(2);
  });

  it('is refused with every kind that there is, where its own is none of them', async () => {
    const file = await spec('odd');
    await writeFile(file, 'kind: erand\nname: odd\n');
    const { exitCode, stderr } = await belay('start', '-f', file);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      'line 1, kind: "erand" is no kind of run; did you mean "errand"? (one of: canary, ',
    );
  });

  it('is listed, shown and decided about by its name or its ID, and only one is open at a time', async () => {
    const file = await spec('milk', 'ask: true\n');
    expect((await belay('start', '-f', file)).exitCode).toBe(0);

    const again = await belay('start', '-f', file);
    expect(again.exitCode).toBe(4);
    expect(again.stderr).toMatch(
      /^errand\/demo\/milk is running already \(.*Nothing was started\.$/m,
    );
    expect(again.stderr).toContain('belay abort errand/demo/milk');

    await eventually(async () => {
      const { stdout } = await belay('list', '--family', 'errands', '--json');
      const { runs } = JSON.parse(stdout) as { runs: unknown[] };
      expect(runs).toEqual([expect.objectContaining({ kind: 'errand', name: 'milk' })]);
    });
    const wrongFamily = await belay('list', '--family', 'errnds');
    expect(wrongFamily.exitCode).toBe(2);
    expect(wrongFamily.stderr).toMatch(/did you mean "errands"\? \(one of: rollouts, .*errands\)/);

    expect((await belay('__complete', 'runs', 'approve')).stdout).toBe('errand/demo/milk\n');
    expect((await belay('__complete', 'runs', 'promote')).stdout).toBe('');
    const shown = await belay('status', 'milk');
    expect(shown.stdout).toContain('belay approve errand/demo/milk  let the errand be done');

    const promoted = await belay('promote', 'errand/demo/milk');
    expect(promoted.exitCode).toBe(2);
    expect(promoted.stderr).toContain('its kind takes approve, retry, abort');

    const approved = await belay('approve', 'demo/milk', '--as', 'ana');
    expect(approved.stdout).toBe('Done by ana\n');
    const late = await belay('abort', 'errand/demo/milk');
    expect(late.exitCode).toBe(1);
    expect(late.stderr).toContain('No run of errand/demo/milk is open');
    expect((await belay('status', 'demo/milk')).stdout).toContain('ana');
    expect((await belay('watch', 'errand/demo/milk')).exitCode).toBe(0);
    const reported = await belay('report', 'errand/demo/milk');
    expect(reported.stdout).toMatch(/^# demo\/milk: errand: Done\n[^]*\| ask \| done \|/);
    expect((await belay('report', 'milk', '--html', '-')).stdout).toContain('<h1>demo/milk');
    expect((await belay('report', 'milk', '--run', 'other')).exitCode).toBe(2);

    const retried = await belay('retry', 'errand/demo/milk');
    expect(retried.stdout).toContain('The errand has started: errand/demo/milk');
    expect((await belay('abort', 'errand/demo/milk')).exitCode).toBe(0);
  });

  it('is asked for by its ID where another kind has a run of the same name', async () => {
    await env.client.workflow.start('canaryDeployment', {
      workflowId: 'rollout/demo/butter',
      taskQueue: 'nobody',
    });
    await belay('start', '-f', await spec('butter'), '--watch');
    await env.client.workflow.start('canaryDeployment', {
      workflowId: 'rollout/demo/$(touch butter)',
      taskQueue: 'nobody',
    });
    await eventually(async () => {
      expect((await belay('__complete', 'rollouts')).stdout).toBe('demo/butter\n');
    });
    const { exitCode, stderr } = await belay('status', 'demo/butter');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('butter names more than one run; say which one:');
    expect(stderr).toMatch(/^ {2}errand\/demo\/butter {3}errand$/m);
    expect((await belay('status', 'demo/butter', '--kind', 'errand')).exitCode).toBe(0);
    await env.client.workflow.getHandle('rollout/demo/butter').terminate();
  });
});

describe('a schedule of a run', () => {
  const nightly = 'schedule: { name: nightly, cron: "0 3 * * *", zone: Europe/Berlin }\n';

  it('is applied again and again, and says what changed', async () => {
    const file = await spec('cheese', nightly);
    const created = await belay('schedule', 'apply', '-f', file);
    expect(created.stdout).toContain(
      'schedule/errand/demo/cheese/nightly is created: 0 3 * * * (Europe/Berlin)',
    );
    const again = await belay('schedule', 'apply', '-f', file, '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ state: 'unchanged', changes: [] });
    await belay('schedule', 'pause', 'nightly', '--as', 'ana', '--why', 'holidays');
    const changed = await belay(
      'schedule',
      ...['apply', '-f', await spec('cheese', nightly.replace('0 3', '30 4'))],
    );
    expect(changed.stdout).toContain('schedule.cron: "0 3 * * *" → "30 4 * * *"');
    const shown = await belay('schedule', 'show', 'demo/cheese');
    expect(shown.stdout).toContain('30 4 * * * (Europe/Berlin)  paused');
    expect(shown.stdout).toContain('Paused by ana: holidays');
    expect((await belay('schedule', 'resume', 'cheese')).exitCode).toBe(0);
    const [next] = (
      JSON.parse((await belay('schedule', 'show', 'cheese', '--json')).stdout) as {
        nextAtMs: number[];
      }
    ).nextAtMs;
    const inBerlin = { timeZone: 'Europe/Berlin', timeStyle: 'short' } as const;
    expect(new Intl.DateTimeFormat('de', inBerlin).format(next)).toBe('04:30');
  });

  it('starts the run under its own workflow ID, and counts a start as skipped while it is open', async () => {
    const file = await spec('honey', 'ask: true\nschedule: { every: 12h }\n');
    expect((await belay('schedule', 'apply', '-f', file)).exitCode).toBe(0);
    const started = await belay('schedule', 'run-now', 'honey');
    expect(started.stdout).toContain('Started errand/demo/honey.');
    const skipped = await belay('schedule', 'run-now', 'honey');
    expect(skipped.exitCode).toBe(4);
    expect(skipped.stderr).toContain('Skipped: errand/demo/honey was running already.');
    await eventually(async () => {
      const { stdout } = await belay('schedule', 'show', 'honey');
      expect(stdout).toContain('1 skipped, because a run was open');
      expect(stdout).toMatch(/skipped: errand.*\n.*started errand\/demo\/honey/);
    });
    expect((await belay('schedule', 'list')).stdout).toMatch(
      /demo\/honey\/default .*every 12h .* 1 {2}active/,
    );
    expect((await belay('approve', 'errand/demo/honey')).exitCode).toBe(0);
    const restarted = await belay('schedule', 'run-now', 'honey', '--json');
    expect(JSON.parse(restarted.stdout)).toMatchObject({ outcome: 'started' });
    await belay('abort', 'errand/demo/honey');
    expect((await belay('schedule', 'delete', 'honey')).exitCode).toBe(0);
    expect((await belay('schedule', 'show', 'honey')).exitCode).toBe(2);
  });

  it('is refused with every problem of the schedule and of the spec', async () => {
    const bad = await belay(
      'schedule',
      ...[
        'apply',
        '-f',
        await spec('salt', 'asks: 1\nschedule: { cron: "61 3 * * *", zone: Mars }\n'),
      ],
    );
    expect(bad.exitCode).toBe(2);
    expect(bad.stderr).toContain('3 problems');
    expect(bad.stderr).toContain(
      'line 5, schedule.cron: "61 3 * * *" is wrong: "61" is no minute;',
    );
    const file = await spec('rollback');
    await writeFile(file, 'kind: rollback\nservice: shop\nschedule: { cron: "@daily" }\n');
    const notThis = await belay('schedule', 'apply', '-f', file);
    expect(notThis.exitCode).toBe(2);
    expect(notThis.stderr).toMatch(
      /line 1, kind: "rollback" may not be scheduled; those that may be: .*errand/,
    );
  });
});
