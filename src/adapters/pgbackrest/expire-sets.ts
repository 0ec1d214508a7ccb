import type { ExpiredSets, ExpireSetsCall } from '../../contracts/backups/store.ts';
import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';
import { lockPatience, untilUnlocked, type LockPatience } from './await-lock.ts';
import { judgeExpired, judgeExpiry } from './judge-expiry.ts';
import { listSetFolders } from './repository/list-set-folders.ts';
import { ownSets } from './repository/own-sets.ts';
import { openRepository, type Repository } from './repository/repository.ts';
import type { ClusterTools } from './tool/cluster-tools.ts';
import { describeToolFailure } from './tool/tool-failure.ts';

/** Of pgBackRest, where it cannot get its lock. */
const lockExit = 50;
const later = 'the next expiry tries again';

/**
 * Removes sets one by one by their label, and then the log that no set that stays can use.
 * pgBackRest removes with a set all that builds on it, so that a set that another one needs is
 * refused, and so is one that this plan did not make. Its own rules of retention play no part.
 */
export async function expireSets(
  tools: ClusterTools,
  call: ExpireSetsCall,
  attempt: Attempt,
  patience: LockPatience = lockPatience,
): Promise<ExpiredSets> {
  const { repository, labels, act } = call;
  const before = await untilUnlocked(
    attempt,
    async () => {
      const opened = await openRepository(tools, repository, attempt);
      return opened.info.locked ? 'locked' : opened;
    },
    patience,
  );
  if (before === undefined) {
    throw new AgentError('refused', `${lockedBy(tools)}: none of these sets was expired; ${later}`);
  }
  const refusals = judgeExpiry({ sets: before.sets, own: ownSets(before, call), labels });
  if (refusals.length > 0) throw new AgentError('refused', refusals.join('\n'));
  const result = await tools.act(act, commandsFor(tools, before.key, labels), attempt, {
    name: `expire ${labels.length} sets of ${repository}`,
    secrets: 'repository',
  });
  const after = await openRepository(tools, repository, attempt);
  const undone = judgeExpired({
    labels,
    listed: after.sets.map(({ label }) => label),
    stored: await listSetFolders(tools, after.key, attempt),
  });
  if (undone !== undefined) {
    const said = describeToolFailure({ ...result, exitCode: result.exitCode ?? -1 });
    throw new AgentError('refused', `repository ${repository}: ${undone}: ${said}; ${later}`);
  }
  const isDone = await untilUnlocked(attempt, () => expireLog(tools, after, attempt), patience);
  if (isDone === undefined) {
    const gone = `all ${labels.length} sets are gone, but the log that nobody needs is not`;
    throw new AgentError('refused', `${lockedBy(tools)}: ${gone}; ${later}`);
  }
  const end = await openRepository(tools, repository, attempt);
  return { gone: [...labels], freedBytes: Math.max(0, storedIn(before) - storedIn(end)) };
}

/**
 * One command after the other, up to the first that fails, without a shell: find runs them. Those
 * that build on others go first; a label that is gone already is no failure.
 */
function commandsFor(tools: ClusterTools, key: number, labels: readonly string[]): string[] {
  const order = labels.toSorted().toReversed();
  return [
    ...['/usr/bin/find', '/dev/null', '-maxdepth', '0'],
    ...order.flatMap((label) => [
      '-exec',
      ...tools.pgbackrest([`--repo=${key}`, `--set=${label}`, 'expire']),
      ';',
    ]),
  ];
}

/**
 * What lies before the oldest set that is there. Ended and done again it does the same, so that it
 * needs no act of its own.
 */
async function expireLog(
  tools: ClusterTools,
  { key, sets }: Repository,
  attempt: Attempt,
): Promise<true | 'locked'> {
  if (sets.length === 0) return true;
  const never = 9_999_999;
  const args = [
    `--repo=${key}`,
    ...[`--repo${key}-retention-full-type=count`, `--repo${key}-retention-full=${never}`],
    `--repo${key}-retention-diff=${never}`,
    // Counted back over sets of all types, the last of so many is the oldest.
    `--repo${key}-retention-archive-type=incr`,
    `--repo${key}-retention-archive=${sets.length}`,
    'expire',
  ];
  const answer = await tools.readRepository(args, attempt);
  if (answer.exitCode === 0) return true;
  if (answer.exitCode === lockExit) return 'locked';
  throw new AgentError('unfinished', `pgbackrest expire: ${describeToolFailure(answer)}`);
}

function lockedBy({ settings }: ClusterTools): string {
  const { stanza } = settings.pgbackrest;
  return `another pgBackRest works on stanza ${stanza} (a backup or an expiry that this run did not start)`;
}

function storedIn({ sets, archive }: Repository): number {
  const ofSets = sets.reduce((sum, { storedBytes = 0 }) => sum + storedBytes, 0);
  return archive.segments.reduce((sum, { bytes }) => sum + bytes, ofSets);
}
