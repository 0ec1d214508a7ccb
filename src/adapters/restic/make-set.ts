import type { BackupSet } from '../../contracts/backups/backup-set.ts';
import type { ToolAnswer } from '../../contracts/backups/provider.ts';
import type { MakeSetCall } from '../../contracts/backups/store.ts';
import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';
import type { CommandResult } from '../../contracts/kernel/agent.ts';
import { answerOf } from './act-ending.ts';
import { judgeFailure } from './answers/judge-failure.ts';
import { readSummary, readUnread, type BackupSummary } from './answers/read-backup.ts';
import type { Snapshot } from './answers/read-snapshots.ts';
import { provideRepository } from './repositories.ts';
import { listSnapshots } from './sets/list-snapshots.ts';
import { measureSet } from './sets/measure-set.ts';
import { isOf, ownerTags, partialTag, planHost, runTag } from './sets/tags.ts';
import type { ResticTool } from './tool/restic-tool.ts';

export interface Files {
  paths: readonly string[];
  exclude: readonly string[];
}

type Call = Pick<MakeSetCall, 'act' | 'type' | 'plan' | 'component'>;

/** restic itself could not read something, but saved the snapshot. */
const partialExit = 3;
const mostNamed = 10;

/**
 * Makes a set, and succeeds only where restic read everything and the repository lists it. A snapshot
 * of which something is missing, or of which nobody knows, is marked as partial and never counts.
 */
export async function makeSet(
  tool: ResticTool,
  { files, ...call }: Call & { files: Files },
  attempt: Attempt,
): Promise<BackupSet> {
  await provideRepository(tool, attempt);
  const ending = await settle(
    tool.act(
      call.act,
      { name: `back ${call.component.name} up to ${tool.name}`, args: argsOf(call, files) },
      attempt,
    ),
  );
  const { snapshots } = await listSnapshots(tool, attempt);
  const ours = snapshots.filter(({ tags }) => tags.includes(runTag(call.act)) && isOf(tags, call));
  if ('failed' in ending) {
    const unknown = ours.at(-1);
    if (unknown) await markPartial(tool, unknown, attempt);
    throw ending.failed;
  }
  const { answer } = ending;
  const summary = readSummary(answer.stdout);
  const snapshot = summary && ours.find((one) => isNamed(one, summary.snapshot));
  const unread = readUnread(answer.stderr);
  const missing = snapshot ? files.paths.filter((path) => !snapshot.paths.includes(path)) : [];
  const isPartial = answer.exitCode === partialExit || unread.length > 0 || missing.length > 0;
  if (isPartial) {
    const marked = snapshot && (await markPartial(tool, snapshot, attempt));
    const reasons = [...new Set([...missing.map((path) => `${path} (it is gone)`), ...unread])];
    throw new AgentError('refused', describePartial(tool, marked, reasons));
  }
  if (answer.exitCode !== 0) {
    throw new AgentError(
      'refused',
      `the backup to repository ${tool.name} failed: ${judgeFailure(answer).words}`,
    );
  }
  if (!summary || !snapshot) {
    throw new AgentError(
      'refused',
      `restic reported success, and repository ${tool.name} does not list the snapshot`,
    );
  }
  return await proveSet(tool, snapshot, { summary, attempt });
}

function argsOf(call: Call, { paths, exclude }: Files): string[] {
  const tags = [...ownerTags(call), runTag(call.act)];
  return [
    ...['backup', '--json', '--quiet', `--host=${planHost(call.plan)}`],
    ...tags.map((tag) => `--tag=${tag}`),
    // A full one reads all files again, also where their times have not changed.
    ...(call.type === 'full' ? ['--force'] : []),
    ...exclude.map((pattern) => `--exclude=${pattern}`),
    ...['--', ...paths],
  ];
}

type Ending = { answer: ToolAnswer } | { failed: AgentError };

/** Where it did not end by itself, nobody knows whether what it saved is all there was. */
async function settle(act: Promise<CommandResult>): Promise<Ending> {
  const ended = await act.catch((error: unknown) => {
    if (error instanceof AgentError && error.code === 'lost') return error;
    throw error;
  });
  if (ended instanceof AgentError) return { failed: ended };
  try {
    return { answer: answerOf('the backup', ended) };
  } catch (error) {
    if (error instanceof AgentError) return { failed: error };
    throw error;
  }
}

/** `original`: its tags were changed since. */
function isNamed({ id, original }: Snapshot, name: string): boolean {
  return id.startsWith(name) || original?.startsWith(name) === true;
}

/**
 * restic rewrites the snapshot with the tag, under another ID. Where that cannot be done now, the
 * error of the backup is all that tells.
 */
async function markPartial(
  tool: ResticTool,
  snapshot: Snapshot,
  attempt: Attempt,
): Promise<string> {
  if (snapshot.tags.includes(partialTag)) return snapshot.id;
  const args = ['tag', '--add', partialTag, snapshot.id];
  const { exitCode } = await tool.read(args, attempt);
  if (exitCode !== 0) return `${snapshot.id} (which could not be marked as partial)`;
  const { snapshots } = await listSnapshots(tool, attempt);
  return snapshots.find(({ original }) => original === snapshot.id)?.id ?? snapshot.id;
}

function describePartial(
  { name }: ResticTool,
  label: string | undefined,
  reasons: readonly string[],
): string {
  const more = reasons.length > mostNamed ? ` and ${reasons.length - mostNamed} more` : '';
  const named = reasons.slice(0, mostNamed).join('; ') || 'restic did not name them';
  const where = label === undefined ? 'no snapshot was saved' : `snapshot ${label} in ${name}`;
  return (
    `the backup is partial, and does not count (${where}): not read: ${named}${more}. ` +
    'Let the agent read them, exclude them, or freeze the source during the backup'
  );
}

async function proveSet(
  tool: ResticTool,
  snapshot: Snapshot,
  { summary, attempt }: { summary: BackupSummary; attempt: Attempt },
): Promise<BackupSet> {
  const set = await measureSet(tool, snapshot, attempt);
  if (set.error !== undefined) {
    throw new AgentError('refused', `snapshot ${set.label} was made, but ${set.error}`);
  }
  return {
    ...set,
    stoppedAtMs: Math.max(set.stoppedAtMs, set.startedAtMs + summary.tookMs),
    storedBytes: summary.storedBytes,
  };
}
