import { statfs } from 'node:fs/promises';
import type { FileSource } from '../../contracts/backups/source.ts';
import {
  copyName,
  type RestoredCopy,
  type RestoreInto,
  type RestoreSetCall,
  type RestoreTarget,
} from '../../contracts/backups/store.ts';
import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';
import { answerOf } from './act-ending.ts';
import { removeLeftLocks } from './repositories.ts';
import { judgeFailure } from './answers/judge-failure.ts';
import { readRestore } from './answers/read-restore.ts';
import type { Snapshot } from './answers/read-snapshots.ts';
import { recordCopy, rootIn } from './copies.ts';
import {
  compareWithSet,
  findExtras,
  findLinksInTheWay,
  type Restored,
} from './files/compare-with-set.ts';
import { listExtras, removeExtras } from './files/remove-extras.ts';
import { includePattern } from './files/include-pattern.ts';
import { refusePaths } from './files/judge-paths.ts';
import { listNodes } from './sets/list-nodes.ts';
import { findSnapshot } from './sets/list-snapshots.ts';
import { measureSet } from './sets/measure-set.ts';
import type { ResticSettings } from './settings.ts';
import type { ResticTool } from './tool/restic-tool.ts';

type Call = Pick<RestoreSetCall, 'act' | 'label' | 'target' | 'into' | 'plan' | 'component'>;

const mostNamed = 10;

/**
 * Restores a set, and compares what was written with what the set has: restic the contents, and this
 * names, sizes, permissions and times.
 */
export async function restoreSet(
  tool: ResticTool,
  {
    settings,
    folder,
    ...call
  }: Call & { settings: Pick<ResticSettings, 'paths'>; folder?: string },
  attempt: Attempt,
): Promise<RestoredCopy> {
  const snapshot = await findSnapshot(tool, call, attempt);
  const set = await measureSet(tool, snapshot, attempt);
  if (set.error !== undefined) throw new AgentError('refused', `${call.label}: ${set.error}`);
  refuseTarget(call.target, snapshot);
  const isInPlace = call.into.kind !== 'copy';
  const root = isInPlace ? '/' : rootOf(folder);
  const nodes = await listNodes(tool, snapshot.id, attempt);
  const restored: Restored = { nodes, paths: snapshot.paths, root };
  if (isInPlace) {
    await refuseInPlace(restored, { call, allowed: settings.paths });
  }
  if (!isInPlace && folder !== undefined) await refuseTooLarge(folder, set.bytes);
  if (folder !== undefined) {
    const { id: label, paths } = snapshot;
    await recordCopy(folder, { repository: tool.name, label, paths, root });
  }
  await removeLeftLocks(tool, attempt);
  const startedAtMs = Date.now();
  const args = argsOf(snapshot, root, isInPlace);
  const name = `restore ${call.component.name} from ${tool.name}`;
  const answer = answerOf('the restore', await tool.act(call.act, { name, args }, attempt));
  const { errors, verified = 0, skipped = 0 } = readRestore(answer.stdout, answer.stderr);
  if (answer.exitCode !== 0 || errors.length > 0) {
    const said = errors.slice(0, mostNamed).join('; ') || judgeFailure(answer).words;
    throw new AgentError('refused', `the restore from ${tool.name} to ${root} failed: ${said}`);
  }
  const { differences, files } = await compareWithSet(restored);
  // Empty files and second names of one file are not read again.
  const isUnverified =
    verified + skipped === 0 && nodes.some(({ type, size }) => type === 'file' && size > 0);
  const reasons = isUnverified ? ['restic compared no file', ...differences] : differences;
  if (reasons.length > 0) {
    throw new AgentError(
      'refused',
      `what was restored to ${root} is not what snapshot ${snapshot.id} has: ${listed(reasons)}`,
    );
  }
  return {
    ...{
      copy: copyName(call.act),
      folder: root,
      bytes: set.bytes,
      startedAtMs,
      endedAtMs: Date.now(),
    },
    remarks: [
      `${files} files are as the set has them, and restic compared the contents of ${verified}`,
      ...(skipped > 0 ? [`${skipped} were there as in the set, and were not written again`] : []),
      ...(isInPlace ? await treatExtras(restored, call.into) : []),
    ],
  };
}

function rootOf(folder: string | undefined): string {
  if (folder !== undefined) return rootIn(folder);
  throw new AgentError(
    'refused',
    'nothing is restored beside its source on this host: name backups.scratch.folder in the agent’s settings',
  );
}

/** A set of files has one moment: it was taken before the target, or it is not the one. */
function refuseTarget(target: RestoreTarget, { atMs, id }: Snapshot): void {
  if (target.kind === 'lsn') {
    throw new AgentError('refused', 'files have no log, so that they cannot be restored to an LSN');
  }
  if (target.kind !== 'time' || target.atMs >= atMs) return;
  const [of, wanted] = [atMs, target.atMs].map((ms) => new Date(ms).toISOString());
  throw new AgentError(
    'refused',
    `snapshot ${id} is of ${of ?? ''}, which is after ${wanted ?? ''}`,
  );
}

async function refuseInPlace(
  restored: Restored,
  { call, allowed }: { call: Call; allowed: readonly string[] },
): Promise<void> {
  const refusals = refusePaths(restored.paths, allowed);
  const links = await findLinksInTheWay(restored);
  if (links.length > 0) {
    refusals.push(
      `a symbolic link is where the set has a file or a folder, and would be written through: ${listed(links)}`,
    );
  }
  const { exclude } = call.component.source as FileSource;
  if (removesExtras(call.into) && exclude.length > 0) {
    refusals.push(
      'what is not in the set is not removed, as what the plan excludes is not in it either: keep the extras',
    );
  }
  if (refusals.length > 0) throw new AgentError('refused', refusals.join('\n'));
}

function removesExtras(into: RestoreInto): boolean {
  return into.kind === 'place' && into.extras === 'remove';
}

async function refuseTooLarge(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize > bytes) return;
  throw new AgentError(
    'refused',
    `${folder} has room for ${bavail * bsize} bytes, and the set has ${bytes}`,
  );
}

/** Only what the set was made of: the folders above keep their permissions. */
function argsOf({ id, paths }: Snapshot, root: string, isInPlace: boolean): string[] {
  const included = isInPlace ? paths.map((path) => `--include=${includePattern(path)}`) : [];
  return ['restore', id, `--target=${root}`, '--verify', ...included];
}

async function treatExtras(restored: Restored, into: RestoreInto): Promise<string[]> {
  if (!removesExtras(into)) {
    const extras = await findExtras(restored);
    const kept = `${extras.length} are there that the set does not have, and were kept`;
    return extras.length === 0 ? [] : [`${kept}: ${listed(extras)}`];
  }
  const { removed, kept } = await removeExtras(await listExtras(restored));
  const paths = (extras: readonly { path: string }[]) => listed(extras.map(({ path }) => path));
  return [
    ...(removed.length > 0
      ? [`${removed.length} that the set does not have were removed: ${paths(removed)}`]
      : []),
    ...(kept.length > 0
      ? [`${kept.length} that were changed meanwhile, or are mounted, were kept: ${paths(kept)}`]
      : []),
  ];
}

function listed(reasons: readonly string[]): string {
  const more = reasons.length > mostNamed ? ` and ${reasons.length - mostNamed} more` : '';
  return `${reasons.slice(0, mostNamed).join('; ')}${more}`;
}
