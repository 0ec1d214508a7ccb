import { createHash, randomUUID } from 'node:crypto';
import { readProgramSecrets } from '../../config/agent-file.ts';
import type { ToolAnswer, ToolRun, Tools } from '../../contracts/backups/provider.ts';
import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';
import type { CommandResult, RunStep } from '../../contracts/kernel/agent.ts';
import type { ProgramSettings } from '../../specs/kernel/agent.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import type { ActRecord } from '../acts/act-files.ts';
import type { ActStore } from '../acts/act-store.ts';
import type { Acts } from '../acts/acts.ts';
import { resultIn } from '../acts/result-in.ts';
import { LineOutput } from '../programs/line-output.ts';
import { outputOf, runProgram } from '../programs/run-program.ts';

export interface ToolsOptions {
  store: ActStore;
  acts: Acts;
  /** Tells what this agent starts from everything else on the host. */
  instance: string;
  /** Of an answer that is kept whole. */
  mostReadBytes?: number;
}

const never = new AbortController().signal;
const actOutputBytes = 65_536;
const readOutputBytes = 256 * 1_048_576;
const progressEveryMs = 1_000;

/** Runs the tools of this host for whoever knows them: not from the allow-list, and never by a shell. */
export function createTools({
  store,
  acts,
  instance,
  mostReadBytes = readOutputBytes,
}: ToolsOptions): Tools {
  return {
    act: async (act, name, tool, attempt) => {
      const record = await store.admit(recordOf(act, name, tool));
      const request = { act, command: name };
      return acts.follow(record, attempt, (now) => resultIn(now, request));
    },
    read: createRead(instance, mostReadBytes),
    stop: async (act) => {
      const record = await store.read(act);
      if (record === undefined) return;
      const stopped = AbortSignal.abort();
      const attempt = { cancelled: stopped, leaving: never, onProgress: () => undefined };
      await acts.follow(record, attempt, ({ outcome }) => outcome);
    },
  };
}

/** For whoever only reads. `instance` tells what it starts from everything else on the host. */
export function createReads(instance: string): Tools {
  return {
    act: (_, name) => Promise.reject(new AgentError('refused', `${name} is no read`)),
    read: createRead(instance, readOutputBytes),
    stop: () => Promise.resolve(),
  };
}

function createRead(instance: string, mostBytes: number): Tools['read'] {
  return (tool, attempt, onLine) =>
    read(tool, attempt, { mark: readMark(instance), mostBytes, onLine });
}

/** What every read of this agent is marked with. */
export function readMark(instance: string): string {
  return `${instance}/read/`;
}

function recordOf({ runRef, step }: RunStep, name: string, tool: ToolRun): ActRecord {
  // The same tool may be somewhere else by the time the act is asked for again.
  const [, ...args] = tool.argv;
  return {
    act: { runRef, step },
    command: name,
    digest: createHash('sha256')
      .update(JSON.stringify([name, args]))
      .digest('hex'),
    acceptedAtMs: Date.now(),
    program: programOf(tool, actOutputBytes),
    argv: tool.argv,
  };
}

function programOf(tool: ToolRun, maxOutputBytes: number): ProgramSettings {
  const { environment, secrets, user, folder, timeoutMs, graceMs } = tool;
  return {
    ...{ environment, secrets, timeoutMs, graceMs, maxOutputBytes },
    ...(user !== undefined && { user }),
    ...(folder !== undefined && { folder }),
  };
}

/** Where each is killed from outside. */
const mostReads = 3;

interface Reading {
  mark: string;
  mostBytes: number;
  onLine: ((line: string) => void) | undefined;
}

/** One that was killed from outside has answered nothing; lines that were handed on cannot be taken back. */
async function read(tool: ToolRun, attempt: Attempt, reading: Reading): Promise<ToolAnswer> {
  const most = reading.onLine === undefined ? mostReads : 1;
  for (let time = 1; ; time += 1) {
    const { result, answer } = await readOnce(tool, attempt, reading);
    if (result.ending !== 'killed' || time >= most) return answer();
  }
}

async function readOnce(
  tool: ToolRun,
  attempt: Attempt,
  { mark, mostBytes, onLine }: Reading,
): Promise<{ result: CommandResult; answer(): ToolAnswer }> {
  const program = programOf(tool, mostBytes);
  const found = await readProgramSecrets(program);
  if (!found.ok) {
    const said = found.problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
    throw unfinished(tool, `cannot be run: ${said}`);
  }
  const { secrets } = found;
  const kept = outputOf({ program, secrets });
  const lines = onLine && new LineOutput(onLine, secrets);
  const output = { ...kept, ...(lines && { stdout: lines }) };
  const startedMs = performance.now();
  const progress = setInterval(() => {
    attempt.onProgress({
      phase: 'running',
      elapsedMs: performance.now() - startedMs,
      stdoutBytes: output.stdout.bytes,
      stderrBytes: output.stderr.bytes,
    });
  }, progressEveryMs);
  const failed = lines === undefined ? [] : [lines.failed];
  const stop = AbortSignal.any([attempt.cancelled, attempt.leaving, ...failed]);
  const run = { argv: tool.argv, program, secrets, mark: `${mark}${randomUUID()}/` };
  const result = await runProgram(run, { stop, output }).finally(() => clearInterval(progress));
  if (lines?.failure !== undefined) throw lines.failure;
  return { result, answer: () => answerOf(tool, result, lines ? Infinity : mostBytes) };
}

function answerOf(tool: ToolRun, result: CommandResult, mostBytes: number): ToolAnswer {
  const { ending, exitCode, stdout, stderr, stdoutBytes } = result;
  switch (ending) {
    case 'not-started':
      throw unfinished(tool, `cannot be run: ${result.reason ?? 'no reason is known'}`);
    case 'killed':
      throw unfinished(tool, `was ended by ${result.signal ?? 'a signal'}`);
    case 'timed-out':
      throw unfinished(tool, `gave no answer within ${formatDuration(tool.timeoutMs)}`);
    case 'cancelled':
      throw new AgentError('away', `${tool.argv[0] ?? ''} was ended: its answer is not wanted now`);
    case 'exited':
      if (stdoutBytes > mostBytes) throw tooLong(tool, mostBytes);
      return { exitCode: exitCode ?? 0, stdout, stderr };
  }
}

/** It would be as long the next time. */
function tooLong({ argv }: ToolRun, mostBytes: number): AgentError {
  const most = `${Math.round(mostBytes / 1_048_576)} MiB`;
  return new AgentError(
    'refused',
    `${argv[0] ?? ''} wrote more than ${most}, which an agent cannot read at once: back fewer files up in one component, or divide the repository`,
  );
}

function unfinished({ argv }: ToolRun, what: string): AgentError {
  return new AgentError('unfinished', `${argv[0] ?? ''} ${what}`);
}
