import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agentContract, type CommandResult } from '../../src/contracts/kernel/agent.ts';
import { builtProgram } from '../fixtures/built.ts';
import { eventually } from '../fixtures/eventually.ts';
import { AgentWorld, failureOf, token } from './agent-world.ts';
import type { Asked } from './agent-workflows.ts';

let world: AgentWorld;
/** An act for an agent that nobody has started. */
let hopeless: WorkflowHandle;

beforeAll(async () => {
  world = await AgentWorld.open('db-1');
  hopeless = await world.actOn('db-2', { run: 'variables' });
  await world.startAgent();
});
afterAll(async () => {
  await world.dispose();
});

const answersTo = async (...asked: Asked[]) => (await world.act(...asked)).result();

async function run(command: string): Promise<CommandResult> {
  const [answer] = await answersTo({ run: command });
  return answer as CommandResult;
}

describe('an agent', () => {
  test('runs a command of its allow-list with the values of a run, and returns what it wrote', async () => {
    await world.tools.put('release-orders');
    expect(await answersTo({ run: 'work', args: { thing: 'orders' } })).toMatchObject([
      { ending: 'exited', exitCode: 0, stdout: 'working on orders\norders done\n' },
    ]);
    expect(world.tools.effects('orders')).toHaveLength(1);
  });

  test('returns the exit code of a command that failed, which is an answer', async () => {
    await world.tools.put('release-bad');
    expect(await answersTo({ run: 'work', args: { thing: 'bad' } })).toMatchObject([
      { ending: 'exited', exitCode: 1 },
    ]);
  });

  test('says why a program could not be run', async () => {
    expect(await run('missing')).toMatchObject({
      ending: 'not-started',
      reason: expect.stringContaining('ENOENT'),
    });
  });

  test('refuses a command that is not listed, and names those that are', async () => {
    expect(await failureOf(answersTo({ run: 'rm' }))).toEqual({
      type: 'AgentRefused',
      message: expect.stringMatching(/agent db-1 has no command "rm"; .*work, litter/),
    });
  });

  test('refuses a value that the parameter does not accept', async () => {
    expect(await failureOf(answersTo({ run: 'work', args: { thing: '$(reboot)' } }))).toEqual({
      type: 'AgentRefused',
      message: expect.stringContaining('args.thing: "$(reboot)" is not accepted'),
    });
  });

  test('gives a command its own variables and none of the agent', async () => {
    const { stdout } = await run('variables');
    expect(stdout).toContain('GREETING=hello');
    expect(stdout).not.toMatch(/TEMPORAL|BELAY_(HOME|TEST)/);
  });

  test('removes secrets from what it returns, encoded ones too', async () => {
    const { stdout, stderr } = await run('secretive');
    expect(stdout).toContain('raw [redacted TOKEN]');
    expect(stdout).not.toContain(token);
    expect(stdout).not.toContain(Buffer.from(token).toString('base64').slice(2, 20));
    expect(Buffer.from(stdout.split('\n')[1] ?? '', 'base64').toString()).not.toContain('horse');
    expect(stderr).toBe(' end\n');
  });

  test('returns the beginning and the end of what is too long', async () => {
    const { stdout, stdoutBytes } = await run('chatty');
    expect(stdoutBytes).toBeGreaterThan(20_000);
    expect(stdout.length).toBeLessThan(2_200);
    expect(stdout).toMatch(/^line 0 [^]*bytes left out[^]*line 399 .*\n$/);
  });

  test('ends what a command leaves running', async () => {
    expect(await run('litter')).toMatchObject({ ending: 'exited', stdout: 'littered\n' });
    expect(await world.leftRunning()).toBe(0);
  });

  test('ends a command whose time is over, although it ignores SIGTERM', async () => {
    expect(await run('stubborn')).toMatchObject({ ending: 'timed-out' });
    expect(await world.leftRunning()).toBe(0);
  });

  test('ends a command when its run is cancelled', async () => {
    const handle = await world.act({ run: 'work', args: { thing: 'unwanted' } });
    await world.tools.worker('unwanted');
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
    await eventually(async () => expect(await world.leftRunning()).toBe(0));
  });

  test('does one act of a run once, and refuses an earlier one that it does not know', async () => {
    await world.tools.put('release-fenced');
    const call = (step: number, thing = 'fenced', contract = agentContract) => ({
      ...{ contract, act: { runRef: 'run-7', step }, command: 'work', args: { thing } },
    });
    const step = '../../..' as never;
    const elsewhere = { ...call(6), act: { runRef: 'run-7', step } };
    const answers = await world.call(call(5), call(5), call(3), call(5, 'orders'), elsewhere);
    expect(answers).toMatchObject([
      { ending: 'exited', exitCode: 0 },
      { ending: 'exited', exitCode: 0 },
      { type: 'StaleFence', message: expect.stringContaining('step 3 comes after step 5') },
      { type: 'AgentRefused', message: expect.stringContaining('another act') },
      { type: 'AgentRefused', message: expect.stringContaining('a whole number from 0 up') },
    ]);
    expect(answers[1]).toEqual(answers[0]);
    expect(world.tools.effects('fenced')).toHaveLength(1);
  });

  test('refuses another contract, and says both numbers', async () => {
    const act = { runRef: 'run-8', step: 1 };
    const [answer] = await world.call({ contract: 7, act, command: 'work' });
    expect(answer).toEqual({
      type: 'AgentContract',
      message: `agent db-1 speaks contract ${agentContract}, and the workers speak 7: upgrade agent db-1. Nothing was done`,
    });
  });

  test('answers probes', async () => {
    expect(await answersTo({ probe: 'effects' }, { probe: 'nothing' })).toMatchObject([
      { ok: true },
      { ok: false, detail: expect.stringContaining('ECONNREFUSED') },
    ]);
  });

  test('is listed with what its host can do', async () => {
    const [description] = await answersTo({ describe: true });
    expect(description).toMatchObject({ name: 'db-1', contract: agentContract });
    const [listed] = JSON.parse(await belay('agents', '--json')) as unknown[];
    expect(listed).toMatchObject({
      ...(description as object),
      state: 'polling',
      commands: expect.arrayContaining([
        {
          ...{ name: 'missing', description: 'is not on this host', parameters: [] },
          unavailable: '/nowhere/at-all is not there, or may not be executed',
        },
      ]),
    });
    expect(await belay('agents')).toMatch(/db-1 +polling +\S+ ago/);
  });
});

describe('a lease', () => {
  const blocked = () => world.tools.isThere('applied-port');

  test('is reverted when the run asks for it', async () => {
    const answers = await answersTo(
      { apply: 'block', args: { thing: 'port' }, forMs: 30_000 },
      { revert: true },
      { revert: true },
    );
    expect(answers).toMatchObject([
      { applied: true, apply: { exitCode: 0 } },
      { why: 'asked', revert: { exitCode: 0 } },
      { why: 'asked' },
    ]);
    expect(world.tools.effects('port')).toEqual(['apply port', 'revert port']);
  });

  test('is reverted when its time is over, and not before a run that extends it', async () => {
    const handle = await world.act(
      { apply: 'block', args: { thing: 'port' }, forMs: 1_000 },
      { extend: 2_500 },
      { waitMs: 1_500 },
      { probe: 'effects' },
      { waitMs: 2_000 },
      { extend: 1_000 },
    );
    await eventually(async () => expect(blocked()).toBe(true));
    const failure = await failureOf(handle.result());
    expect(failure).toEqual({
      type: 'LeaseEnded',
      message: 'the lease has ended: its time was over, and it was reverted',
    });
    expect(blocked()).toBe(false);
    expect(world.tools.effects('port').slice(2)).toEqual(['apply port', 'revert port']);
  });

  test('is reverted at once where applying it fails', async () => {
    expect(
      await answersTo({ apply: 'block', args: { thing: 'bad' }, forMs: 30_000 }),
    ).toMatchObject([{ applied: false, apply: { exitCode: 1 } }]);
    expect(world.tools.effects('bad').slice(-2)).toEqual(['apply bad', 'revert bad']);
  });

  test('that was reverted before it was applied is not applied any more', async () => {
    expect(await failureOf(answersTo({ revertBefore: 'block' }))).toMatchObject({
      type: expect.stringMatching(/AgentRefused|StaleFence/),
    });
  });

  test('is refused for longer than the settings allow', async () => {
    const asked = { apply: 'block', args: { thing: 'port' }, forMs: 3_600_000 };
    expect(await failureOf(answersTo(asked))).toEqual({
      type: 'AgentRefused',
      message: '1h is not accepted; a lease of block lasts 1m at most',
    });
  });

  test('says how reverting fails, and goes on trying', async () => {
    await world.tools.put('no-revert-door');
    const handle = await world.act(
      { apply: 'block', args: { thing: 'door' }, forMs: 30_000 },
      { revert: true },
    );
    await eventually(async () => expect(world.tools.effects('door').length).toBeGreaterThan(2));
    await world.tools.remove('no-revert-door');
    expect(await handle.result()).toMatchObject([{ applied: true }, { why: 'asked' }]);
    expect(world.tools.isThere('applied-door')).toBe(false);
  });
});

test('an agent does not start with settings that cannot be used, and lists what is wrong', async () => {
  const settings = join(world.home, 'wrong.yaml');
  await writeFile(settings, 'name: db-3\ncommands: { x: { description: d, argv: [sh] } }\n');
  await expect(belay('agent', '--config', settings)).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/3 problems\n.*stateFolder: missing[^]*timeout: missing/),
  });
});

test('a second agent of one state folder does not start', async () => {
  await expect(belay('agent', '--config', world.settings)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/process \d+ already runs the agent of/),
  });
});

test('an act for an agent that is absent is answered within 30 s', async () => {
  expect(await failureOf(hopeless.result())).toEqual({
    type: 'AgentAbsent',
    message: expect.stringMatching(/^agent db-2 did not take runCommand up within 30s\. Start it/),
  });
  const { events } = await hopeless.fetchHistory();
  const secondsOf = (
    find: 'activityTaskScheduledEventAttributes' | 'activityTaskTimedOutEventAttributes',
  ) => Number(events!.find((event) => event[find])!.eventTime!.seconds);
  const waited =
    secondsOf('activityTaskTimedOutEventAttributes') -
    secondsOf('activityTaskScheduledEventAttributes');
  expect(waited).toBeLessThan(60);
});

test('an agent that stops is listed as stopped, until it is forgotten', async () => {
  await world.stopAgent();
  expect(await belay('agents')).toMatch(/db-1 +stopped/);
  await belay('agents', '--forget', 'db-1');
  await eventually(async () => expect(await belay('agents')).toContain('No agent has started yet'));
});

async function belay(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...(await builtProgram('src/cli/main')), ...args],
    { env: { ...process.env, ...world.variables, NO_COLOR: '1' } },
  );
  return stdout;
}
