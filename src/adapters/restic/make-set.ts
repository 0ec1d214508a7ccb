import type { BackupSet } from '../../contracts/backups/backup-set.ts';
import type { MakeSetCall } from '../../contracts/backups/store.ts';
import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';
import { answerOf } from './act-ending.ts';
import { judgeFailure } from './answers/judge-failure.ts';
import { readSummary, readUnread, type BackupSummary } from './answers/read-backup.ts';
import type { Snapshot } from './answers/read-snapshots.ts';
import { markWhole } from './mark-whole.ts';
import { provideRepository } from './repositories.ts';
import { listSnapshots } from './sets/list-snapshots.ts';
import { measureSet } from './sets/measure-set.ts';
import { isOf, ownerTags, planHost, runTag, wholeTag } from './sets/tags.ts';
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
 * Makes a set, and succeeds only where restic read everything and the repository lists it. Only then
 * does the snapshot say that it is whole: whatever ends this before leaves one that never counts.
 */
export async function makeSet(
  tool: ResticTool,
  { files, ...call }: Call & { files: Files },
  attempt: Attempt,
): Promise<BackupSet> {
  await provideRepository(tool, attempt);
  const name = `back ${call.component.name} up to ${tool.name}`;
  const result = await tool.act(call.act, { name, args: argsOf(call, files) }, attempt);
  const answer = answerOf('the backup', result);
  const { snapshots } = await listSnapshots(tool, attempt);
  const ours = snapshots.filter(({ tags }) => tags.includes(runTag(call.act)) && isOf(tags, call));
  const summary = readSummary(answer.stdout);
  const named = ours.filter((one) => summary && isNamed(one, summary.snapshot));
  const snapshot = named.find(({ tags }) => tags.includes(wholeTag)) ?? named[0];
  const unread = readUnread(answer.stderr);
  const missing = snapshot ? files.paths.filter((path) => !snapshot.paths.includes(path)) : [];
  const isPartial = answer.exitCode === partialExit || unread.length > 0 || missing.length > 0;
  if (isPartial) {
    const reasons = [...new Set([...missing.map((path) => `${path} (it is gone)`), ...unread])];
    throw new AgentError('refused', describePartial(tool, snapshot?.id, reasons));
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
  return await proveSet(tool, snapshot, { summary, madeAtMs: result.endedAtMs, attempt });
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

/** `original`: its tags were changed since. */
function isNamed({ id, original }: Snapshot, name: string): boolean {
  return id.startsWith(name) || original?.startsWith(name) === true;
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
  { summary, madeAtMs, attempt }: { summary: BackupSummary; madeAtMs: number; attempt: Attempt },
): Promise<BackupSet> {
  const asWhole = { ...snapshot, tags: [...snapshot.tags, wholeTag] };
  const set = await measureSet(tool, asWhole, attempt);
  if (set.error !== undefined) {
    throw new AgentError('refused', `snapshot ${set.label} was made, but ${set.error}`);
  }
  return {
    ...set,
    label: await markWhole(tool, { snapshot, madeAtMs }, attempt),
    stoppedAtMs: Math.max(set.stoppedAtMs, set.startedAtMs + summary.tookMs),
    storedBytes: summary.storedBytes,
  };
}
