import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { becomeUser, type BecomeUser } from '../../config/account.ts';
import { findProgramProblem } from '../../config/program-file.ts';
import type { CommandEnding, CommandResult } from '../../contracts/kernel/agent.ts';
import { Redaction } from '../../policies/kernel/agents/redact.ts';
import { identify, isAlive, stopProcess, type ProcessIdentity } from '../../processes/identity.ts';
import type { ProgramSettings, Secret } from '../../specs/kernel/agent.ts';
import { BoundedOutput, type ProgramOutput } from './bounded-output.ts';
import { endMarked, markVariable } from './marked-processes.ts';

export interface ProgramRun {
  argv: readonly string[];
  program: ProgramSettings;
  secrets: readonly Secret[];
  /** Tells all that it starts from everything else. */
  mark: string;
}

export interface Output {
  stdout: ProgramOutput;
  stderr: ProgramOutput;
}

interface RunOptions {
  /** Ends the program; nothing is started once it is aborted. */
  stop: AbortSignal;
  output?: Output;
  onStarted?: (identity: ProcessIdentity) => Promise<unknown>;
}

const usualVariables = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LANG: 'C.UTF-8',
};
/** A pipe may be held by a process that was not found. */
const closeWithinMs = 1_000;
const executingMs = 100;

export function outputOf({ program, secrets }: Pick<ProgramRun, 'program' | 'secrets'>): Output {
  return {
    stdout: new BoundedOutput(program.maxOutputBytes, secrets),
    stderr: new BoundedOutput(program.maxOutputBytes, secrets),
  };
}

/**
 * Runs a program in a process group of its own, without a shell, until it ends, its time is over or
 * it is stopped. Returns when everything that it started is gone. Never rejects for what it does.
 */
export async function runProgram(run: ProgramRun, options: RunOptions): Promise<CommandResult> {
  const startedAtMs = Date.now();
  const { stop, output = outputOf(run), onStarted } = options;
  const resultOf = (end: Partial<CommandResult> & { ending: CommandEnding }): CommandResult => ({
    ...end,
    stdout: output.stdout.text(),
    stderr: output.stderr.text(),
    stdoutBytes: output.stdout.bytes,
    stderrBytes: output.stderr.bytes,
    startedAtMs,
    endedAtMs: Date.now(),
  });
  if (stop.aborted) return resultOf({ ending: 'cancelled' });
  const started = await start(run, output);
  if (!started.ok) {
    const reason = Redaction.of(started.reason, run.secrets);
    return resultOf({ ending: 'not-started', reason });
  }
  const { pid, exited, closed } = started;
  const identity = await identify(pid);
  if (identity) await onStarted?.(identity);
  const forced = await untilEnded({ pid, exited }, run.program, stop);
  const { code, signal } = await exited;
  await endGroup(pid);
  await endMarked(run.mark, 0);
  await Promise.race([closed, sleep(closeWithinMs)]);
  output.stdout.end();
  output.stderr.end();
  if (forced !== undefined) return resultOf({ ending: forced });
  if (signal !== null) return resultOf({ ending: 'killed', signal });
  return resultOf({ ending: 'exited', exitCode: code ?? 0 });
}

interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

type Started =
  | { ok: true; pid: number; exited: Promise<Exit>; closed: Promise<void> }
  | { ok: false; reason: string };

/** Node.js emits some of the reasons why a program cannot be started, and throws the others. */
async function start(run: ProgramRun, output: Output): Promise<Started> {
  try {
    const { user } = run.program;
    const account = user === undefined ? itself : await becomeUser(user);
    if (!account.ok) return { ok: false, reason: account.problem };
    // It may be another file than when the settings were checked.
    const problem = await findProgramProblem(run.argv[0] ?? '');
    if (problem !== undefined) return { ok: false, reason: problem };
    return await spawnProgram(run, output, account);
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

const itself = { ok: true, command: [], variables: {} } as const;

function spawnProgram(
  { argv, program, secrets, mark }: ProgramRun,
  output: Output,
  account: Pick<BecomeUser, 'command' | 'variables'>,
): Promise<Started> {
  const [file = '', ...args] = [...account.command, ...argv];
  const child = spawn(file, args, {
    cwd: program.folder ?? '/',
    env: {
      ...usualVariables,
      ...account.variables,
      ...program.environment,
      ...Object.fromEntries(secrets.map(({ name, value }) => [name, value])),
      [markVariable]: mark,
    },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.on('data', (chunk: Buffer) => output.stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.stderr.push(chunk));
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const closed = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => resolve({ ok: true, pid: child.pid ?? 0, exited, closed }));
  });
}

/** Why it was ended, where it did not end by itself. */
async function untilEnded(
  { pid, exited }: { pid: number; exited: Promise<Exit> },
  { timeoutMs, graceMs }: ProgramSettings,
  stop: AbortSignal,
): Promise<'timed-out' | 'cancelled' | undefined> {
  const timer = new AbortController();
  const ended = exited.then(() => undefined);
  const why = await Promise.race([
    ended,
    sleep(timeoutMs, 'timed-out' as const, { signal: timer.signal }).catch(() => undefined),
    aborted(stop, timer.signal),
  ]);
  timer.abort();
  if (why === undefined) return undefined;
  signalGroup(pid, 'SIGTERM');
  const patience = new AbortController();
  const isLate = await Promise.race([
    ended.then(() => false),
    sleep(graceMs, true, { signal: patience.signal }).catch(() => false),
  ]);
  patience.abort();
  if (isLate) signalGroup(pid, 'SIGKILL');
  await ended;
  return why;
}

function aborted(signal: AbortSignal, until: AbortSignal): Promise<'cancelled'> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('cancelled');
    signal.addEventListener('abort', () => resolve('cancelled'), { once: true, signal: until });
  });
}

/** Its leader has not been waited for yet, so that the number is still its own. */
function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** What is left of the group of a leader that has ended, also where it has no mark any more. */
async function endGroup(pid: number): Promise<void> {
  // Whoever has the number now is a stranger, and so is the group.
  if ((await identify(pid)) === undefined) signalGroup(pid, 'SIGKILL');
}

/** For what an earlier watchdog left: everything it had started. */
export async function endLeft(
  mark: string,
  program: ProcessIdentity | undefined,
  graceMs: number,
): Promise<void> {
  if (program && (await isAlive(program))) {
    signalGroup(program.pid, 'SIGTERM');
    await stopProcess(program, { graceMs });
    await endGroup(program.pid);
  }
  await endMarked(mark, graceMs);
  // What the watchdog was just executing when it was killed has the mark only now.
  await sleep(executingMs);
  await endMarked(mark, graceMs);
}
