import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  CheckExtent,
  CheckSetCall,
  ContentCheck,
  Damage,
} from '../../contracts/backups/store.ts';
import type { Attempt } from '../../contracts/kernel/agent-host.ts';
import { answerOf } from './act-ending.ts';
import { removeLeftLocks } from './repositories.ts';
import { judgeFailure } from './answers/judge-failure.ts';
import { oneLine } from './answers/one-line.ts';
import { readCheck, type Finding } from './answers/read-check.ts';
import { readSnapshots, type Snapshot } from './answers/read-snapshots.ts';
import { readStats } from './answers/read-stats.ts';
import { faultOfTags, isOf } from './sets/tags.ts';
import type { ResticTool } from './tool/restic-tool.ts';

type Call = Pick<CheckSetCall, 'act' | 'label' | 'extent' | 'plan' | 'component'>;
type Found = Pick<ContentCheck, 'damage' | 'elsewhere'>;

/**
 * Reads the repository back, and says what of the damage this set needs. restic checks a repository
 * as a whole; without proof that something is not needed, it counts as damage of the set.
 */
export async function checkSet(
  tool: ResticTool,
  call: Call,
  attempt: Attempt,
): Promise<ContentCheck> {
  const { label, extent } = call;
  const startedAtMs = Date.now();
  const found = await findDamage(tool, call, attempt);
  return { label, extent, ...found, startedAtMs, endedAtMs: Date.now() };
}

async function findDamage(tool: ResticTool, call: Call, attempt: Attempt): Promise<Found> {
  const listed = await tool.read(['snapshots', '--json', '--no-lock', '--no-cache'], attempt);
  if (listed.exitCode !== 0) return await judgeUnopened(tool, listed);
  const list = readSnapshots(listed);
  const snapshot = list?.snapshots.find(({ id }) => id === call.label);
  const lost = list?.unreadable.find(({ id }) => call.label.startsWith(id));
  if (!snapshot) return { damage: [describeUnlisted(tool, call.label, lost?.why)] };
  const refusal = judgeOwner(snapshot, call);
  if (refusal) return { damage: [refusal] };
  await removeLeftLocks(tool, attempt);
  // Later versions name packs that no index has only where they are to say more.
  const args = ['check', '--verbose=2', ...extentArgs(call.extent)];
  const name = `check ${call.component.name} in ${tool.name}`;
  const answer = answerOf('the check', await tool.act(call.act, { name, args }, attempt));
  const failure = answer.exitCode === 0 ? undefined : judgeFailure(answer);
  if (failure?.kind === 'locked') throw tool.failed(answer);
  if (failure?.kind === 'key') return await judgeUnopened(tool, answer);
  const { findings, orphans } = readCheck(answer);
  const own = await readTree(tool, call.label, attempt);
  // Without its folders nobody can say what it needs: looking it up would fail as this did.
  const judged =
    own === undefined
      ? await attribute(tool, { findings, label: call.label }, attempt)
      : { needed: findings, others: [] };
  const misnamed = await findMisnamed(tool, orphans, attempt);
  // One that still opens the repository may not do so with a later restic.
  const keys = await findDamagedKeys(tool.localFolder);
  const needed = [...keys, ...(own === undefined ? [] : [own]), ...judged.needed];
  const elsewhere = [...judged.others, ...misnamed];
  return {
    damage: needed.map(withoutSubject),
    ...(elsewhere.length > 0 && { elsewhere: elsewhere.map(withoutSubject) }),
  };
}

function extentArgs(extent: CheckExtent): string[] {
  return extent.kind === 'all' ? ['--read-data'] : [`--read-data-subset=${extent.percent}%`];
}

function withoutSubject({ where, what }: Damage): Damage {
  return { where, what };
}

function describeUnlisted({ name }: ResticTool, label: string, why: string | undefined): Damage {
  const what =
    why === undefined
      ? `repository ${name} does not list it: it was removed, or an older copy of the repository is served`
      : `it cannot be read: ${why}`;
  return { where: `snapshot ${label}`, what };
}

function judgeOwner(snapshot: Snapshot, call: Call): Damage | undefined {
  const where = `snapshot ${snapshot.id}`;
  if (!isOf(snapshot.tags, call)) return { where, what: 'it is of another plan or component' };
  const fault = faultOfTags(snapshot.tags);
  return fault === undefined ? undefined : { where, what: fault };
}

/** A wrong password and a damaged key look alike, unless the keys can be compared with their names. */
async function judgeUnopened(
  tool: ResticTool,
  answer: Parameters<ResticTool['failed']>[0],
): Promise<Found> {
  const { kind, words } = judgeFailure(answer);
  if (kind === 'absent') return { damage: [{ where: `repository ${tool.name}`, what: words }] };
  // What restic says of a damaged key depends on where the damage is.
  const keys = kind === 'locked' ? [] : await findDamagedKeys(tool.localFolder);
  if (keys.length > 0) return { damage: keys };
  if (kind === 'final' && words.includes('is damaged')) {
    return { damage: [{ where: 'config', what: words }] };
  }
  throw tool.failed(answer);
}

/** Every file of a repository is named by the hash of its content. */
async function findDamagedKeys(folder: string | undefined): Promise<Damage[]> {
  if (folder === undefined) return [];
  const keys = join(folder, 'keys');
  const names = await readdir(keys).catch(() => []);
  if (names.length === 0)
    return [{ where: keys, what: 'no key is there, so that nothing can be read' }];
  const damaged: Damage[] = [];
  for (const name of names) {
    const content = await readFile(join(keys, name)).catch(() => undefined);
    if (content === undefined) continue;
    const hash = createHash('sha256').update(content).digest('hex');
    if (hash === name) continue;
    damaged.push({
      where: `key ${name}`,
      what: `its content is not what was written: its hash is ${hash}`,
    });
  }
  return damaged;
}

/** Reads all folders of the set, from the repository itself and not from what is cached of it. */
async function readTree(
  tool: ResticTool,
  label: string,
  attempt: Attempt,
): Promise<Damage | undefined> {
  const answer = await tool.read(['stats', '--json', '--no-lock', '--no-cache', label], attempt);
  if (answer.exitCode === 0 && readStats(answer.stdout)) return undefined;
  const lines = answer.stderr.split('\n').filter((line) => !line.includes('retrying'));
  return {
    where: `snapshot ${label}`,
    what: `its folders cannot be read: ${oneLine(lines.join('; '))}`,
  };
}

interface Attributed {
  needed: readonly Finding[];
  others: readonly Finding[];
}

/** Each is looked up by itself: where there are more, nothing of the repository can be relied on. */
const mostAttributed = 50;

/** What this set needs of what was found; what cannot be attributed is needed. */
async function attribute(
  tool: ResticTool,
  { findings, label }: { findings: readonly Finding[]; label: string },
  attempt: Attempt,
): Promise<Attributed> {
  if (findings.length > mostAttributed) return { needed: findings, others: [] };
  const needed: Finding[] = [];
  const others: Finding[] = [];
  for (const finding of findings) {
    const isNeeded = await isNeededBy(tool, { finding, label }, attempt);
    (isNeeded ? needed : others).push(finding);
  }
  return { needed, others };
}

async function isNeededBy(
  tool: ResticTool,
  { finding, label }: { finding: Finding; label: string },
  attempt: Attempt,
): Promise<boolean> {
  const { of } = finding;
  switch (of.kind) {
    case 'all':
      return true;
    case 'snapshot':
      return label.startsWith(of.id);
    case 'tree':
    case 'blob':
    case 'pack': {
      const args = ['find', '--json', '--no-lock', '--no-cache', `--${of.kind}`];
      const answer = await tool.read([...args, `--snapshot=${label}`, of.id], attempt);
      if (answer.exitCode !== 0) return true;
      return !/^\s*(?:\[\]|null)?\s*$/.test(answer.stdout);
    }
  }
}

/** Left by a backup that was killed, a pack is sound; a copy under a name that is not its own is not. */
async function findMisnamed(
  tool: ResticTool,
  orphans: readonly string[],
  attempt: Attempt,
): Promise<Damage[]> {
  const found: Damage[] = [];
  for (const id of orphans) {
    const { stderr } = await tool.read(['cat', 'pack', id, '--no-lock', '--no-cache'], attempt);
    const got = /does not match ID, want[\s\S]*?got:?\s*(?<hash>[0-9a-f]{64})/.exec(stderr)?.groups;
    if (!got) continue;
    const what = `no index names it, and its content is that of pack ${got['hash'] ?? ''}: it was put there by somebody else`;
    found.push({ where: `pack ${id}`, what });
  }
  return found;
}
