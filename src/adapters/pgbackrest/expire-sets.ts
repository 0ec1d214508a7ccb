import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExpiredSets, ExpireSetsCall } from '../../contracts/backups/store.ts';
import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';
import { scratchName } from './copies/copy-folder.ts';
import { judgeExpiry } from './judge-expiry.ts';
import { openRepository, type Repository } from './repository/repository.ts';
import { requireSuccess, type ClusterTools } from './tool/cluster-tools.ts';

/**
 * Removes sets one by one by their label, and then the log that no set that stays can use.
 * pgBackRest removes with a set all that builds on it, so that a set that another one needs is
 * refused. Its own rules of retention play no part.
 */
export async function expireSets(
  tools: ClusterTools,
  scratch: string,
  call: ExpireSetsCall,
  attempt: Attempt,
): Promise<ExpiredSets> {
  const before = await openRepository(tools, call.repository, attempt);
  const { refusals, present } = judgeExpiry(before.sets, call.labels);
  if (refusals.length > 0) throw new AgentError('refused', refusals.join('\n'));
  const list = join(scratch, `${scratchName(call.act)}.expire`);
  await mkdir(scratch, { recursive: true });
  // One command a line: xargs gives its words to pgBackRest.
  await writeFile(list, present.map((label) => `--set=${label} expire\n`).join(''), {
    mode: 0o644,
  });
  try {
    const argv = [
      ...['/usr/bin/xargs', `--arg-file=${list}`, '--no-run-if-empty', '--max-lines=1'],
      ...tools.pgbackrest([`--repo=${before.key}`]),
    ];
    const result = await tools.act(call.act, argv, attempt, {
      name: `expire ${call.labels.length} sets of ${call.repository}`,
      secrets: 'repository',
    });
    const after = await openRepository(tools, call.repository, attempt);
    const left = new Set(after.sets.map(({ label }) => label));
    const staying = call.labels.filter((label) => left.has(label));
    if (staying.length > 0) {
      requireSuccess(`${staying.join(', ')} could not be expired`, result);
      throw new AgentError(
        'unfinished',
        `pgBackRest reported success, and repository ${call.repository} still lists ${staying.join(', ')}`,
      );
    }
    await expireLog(tools, after, attempt);
    const end = await openRepository(tools, call.repository, attempt);
    return { gone: [...call.labels], freedBytes: Math.max(0, storedIn(before) - storedIn(end)) };
  } finally {
    await rm(list, { force: true });
  }
}

/**
 * What lies before the oldest set that is there. Ended and done again it does the same, so that it
 * needs no act of its own.
 */
async function expireLog(
  tools: ClusterTools,
  { key, sets }: Repository,
  attempt: Attempt,
): Promise<void> {
  if (sets.length === 0) return;
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
  await tools.requireRepository(args, attempt);
}

function storedIn({ sets, archive }: Repository): number {
  const ofSets = sets.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
  return archive.segments.reduce((sum, { bytes }) => sum + bytes, ofSets);
}
