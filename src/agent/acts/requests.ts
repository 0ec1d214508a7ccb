import { createHash } from 'node:crypto';
import { AgentError, type CommandRequest } from '../../contracts/kernel/agent-host.ts';
import { fillArguments } from '../../policies/kernel/agents/fill-arguments.ts';
import type { AgentSettings, CommandSettings } from '../../specs/kernel/agent.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { showGiven } from '../../specs/kernel/given.ts';
import { offerKnown } from '../../specs/kernel/known-keys.ts';
import type { ActRecord } from './act-files.ts';

/** The record of a command, its arguments filled in. Throws AgentError for what is not allowed. */
export function readCommand(settings: AgentSettings, request: CommandRequest): ActRecord {
  const command = findCommand(settings, request.command);
  if (command.argv === undefined) {
    throw new AgentError('refused', `${command.name} is applied for a while: ask for a lease`);
  }
  const { argv } = fill(command, { argv: command.argv }, request);
  return { ...recordOf(command, request, {}), argv };
}

/** The same for a lease. */
export function readLease(
  settings: AgentSettings,
  { forMs, ...request }: CommandRequest & { forMs: number },
): ActRecord {
  const command = findCommand(settings, request.command);
  const { lease } = command;
  if (lease === undefined) {
    throw new AgentError('refused', `${command.name} has nothing that reverts it: run it`);
  }
  refuseDuration({ name: command.name, longestMs: lease.longestMs }, forMs);
  const { apply, revert } = fill(command, { apply: lease.apply, revert: lease.revert }, request);
  return { ...recordOf(command, request, { forMs }), argv: apply, lease: { revert, forMs } };
}

/** Throws AgentError for a time that a lease cannot have. */
export function refuseDuration(
  { name, longestMs }: { name: string; longestMs: number },
  forMs: number,
): void {
  if (Number.isFinite(forMs) && forMs >= 1 && forMs <= longestMs) return;
  const accepted = `a lease of ${name} lasts ${formatDuration(longestMs)} at most`;
  const given = Number.isFinite(forMs) ? formatDuration(forMs) : showGiven(forMs);
  throw new AgentError('refused', `${given} is not accepted; ${accepted}`);
}

export function findCommand({ name, commands }: AgentSettings, wanted: string): CommandSettings {
  const found = commands.find((command) => command.name === wanted);
  if (found) return found;
  const known = commands.map((command) => command.name);
  const offer = known.length === 0 ? 'it has none' : offerKnown(wanted, known);
  throw new AgentError(
    'refused',
    `agent ${name} has no command ${showGiven(wanted)}; ${offer}. Its settings file lists what it may do`,
  );
}

function fill<Lists extends Record<string, readonly string[]>>(
  { name, parameters }: CommandSettings,
  lists: Lists,
  { args }: CommandRequest,
) {
  const filled = fillArguments(lists, parameters, args);
  if (filled.ok) return filled.filled;
  throw new AgentError(
    'refused',
    [`${name} was not run:`, ...filled.problems.map((problem) => `  ${problem}`)].join('\n'),
  );
}

function recordOf(
  command: CommandSettings,
  { act, args = {} }: CommandRequest,
  more: object,
): Omit<ActRecord, 'argv'> {
  const { environment, secrets, user, folder, timeoutMs, graceMs, maxOutputBytes } = command;
  const sorted = Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1));
  const said = JSON.stringify([command.name, sorted, more]);
  return {
    act: { runRef: act.runRef, step: act.step },
    command: command.name,
    digest: createHash('sha256').update(said).digest('hex'),
    acceptedAtMs: Date.now(),
    program: {
      ...{ environment, secrets, timeoutMs, graceMs, maxOutputBytes },
      ...(user !== undefined && { user }),
      ...(folder !== undefined && { folder }),
    },
  };
}
