import { setTimeout as sleep } from 'node:timers/promises';
import type { ToolAnswer } from '../../contracts/backups/provider.ts';
import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';
import { judgeFailure } from './answers/judge-failure.ts';
import { describeLock } from './answers/read-lock.ts';
import { removeLeftLocks } from './repositories.ts';
import { readLocks, thisHost } from './sets/read-locks.ts';
import type { ResticTool } from './tool/restic-tool.ts';

interface LockedWork {
  args: readonly string[];
  /** By the clock of this host: until then a lock of somebody else is waited for. */
  untilMs: number;
  /** What is said where the lock stays: what was not done, and what to do. */
  outcome: string;
}

const everyMs = 2_000;

/**
 * Runs what needs a repository for itself, which may be repeated. Throws AgentError `refused` where
 * somebody else keeps it locked, with who that is.
 */
export async function runUnlocked(
  tool: ResticTool,
  { args, untilMs, outcome }: LockedWork,
  attempt: Attempt,
): Promise<ToolAnswer> {
  const ended = AbortSignal.any([attempt.cancelled, attempt.leaving]);
  for (;;) {
    const answer = await tool.read(args, attempt);
    if (answer.exitCode === 0) return answer;
    if (judgeFailure(answer).kind !== 'locked') throw tool.failed(answer);
    if (Date.now() > untilMs) {
      const who = await describeLocks(tool, attempt);
      throw new AgentError('refused', `repository ${tool.name} is locked${who}: ${outcome}`);
    }
    await sleep(everyMs, undefined, { signal: ended }).catch(() => {
      throw new AgentError('away', `the repository ${tool.name} is locked, and is not waited for`);
    });
    await removeLeftLocks(tool, attempt);
  }
}

async function describeLocks(tool: ResticTool, attempt: Attempt): Promise<string> {
  const locks = await readLocks(tool, attempt).catch(() => []);
  const witness = thisHost(Date.now());
  const said = locks.map((lock) => describeLock(lock, witness));
  return said.length === 0 ? '' : ` by somebody else (${said.join('; ')})`;
}
