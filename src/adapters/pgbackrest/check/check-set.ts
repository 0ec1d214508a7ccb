import { join } from 'node:path';
import type { BackupSet } from '../../../contracts/backups/backup-set.ts';
import type {
  CheckExtent,
  CheckSetCall,
  ContentCheck,
  Damage,
} from '../../../contracts/backups/store.ts';
import type { Attempt } from '../../../contracts/kernel/agent-host.ts';
import { parseManifest, type Manifest } from '../repository/manifest.ts';
import { openRepository, type Repository } from '../repository/repository.ts';
import { parseVerify } from '../repository/verify-report.ts';
import { describeToolFailure } from '../tool/tool-failure.ts';
import { patience, requireSuccess, type ClusterTools } from '../tool/cluster-tools.ts';
import { parseListing, type ListedFile } from '../wal/archive-listing.ts';
import { judgeFiles, judgeManifests, type ReadManifest } from './check-manifests.ts';
import { chooseSample, type SampledFile } from './choose-sample.ts';
import { judgeLog, splitByPosition } from './judge-log.ts';
import { judgeVerify } from './judge-verify.ts';

/**
 * Checks one set: its manifests, every file of it and of all that it builds on, the log from its
 * beginning to the newest segment, and content read back. pgBackRest verifies whole repositories
 * only, so that `all` reads more than the set. A sample is read where the repository is a folder of
 * this host; anywhere else, or where files are stored in bundles, everything is read, and the answer
 * says so in `extent`.
 */
export async function checkSet(
  tools: ClusterTools,
  call: CheckSetCall,
  attempt: Attempt,
): Promise<ContentCheck> {
  const startedAtMs = Date.now();
  const repository = await openRepository(tools, call.repository, attempt);
  const { label } = call;
  const set = repository.sets.find((one) => one.label === label);
  if (set === undefined) {
    const newest = repository.sets.at(-1)?.label ?? 'none';
    const what = `repository ${call.repository} does not list it (its newest: ${newest}): it was removed, or an older state of the repository is served`;
    const damage = [{ where: label, what }];
    return { label, extent: call.extent, damage, startedAtMs, endedAtMs: Date.now() };
  }
  const { manifest, damage: ofManifests } = await readManifests(tools, repository, label, attempt);
  const listed = await listChain(tools, repository, set, attempt);
  const read = await readBack({ tools, repository, set, manifest }, call, attempt);
  const damage = [
    ...(set.error === undefined ? [] : [{ where: label, what: set.error }]),
    ...ofManifests,
    ...(manifest ? judgeFiles(manifest, listed) : []),
    ...judgeLog(set, repository.archive, repository.segmentBytes),
    ...read.damage,
  ];
  const { own, later } = splitByPosition(set, withoutRepeats(damage));
  return {
    label,
    extent: read.extent,
    damage: own,
    ...(later.length > 0 && { log: later }),
    ...(read.elsewhere && read.elsewhere.length > 0 && { elsewhere: read.elsewhere }),
    ...(read.bytes !== undefined && { bytesRead: read.bytes }),
    startedAtMs,
    endedAtMs: Date.now(),
  };
}

/** The manifests of the set and of all that it needs; `manifest` is the set's own. */
async function readManifests(
  tools: ClusterTools,
  { key, sets }: Repository,
  label: string,
  attempt: Attempt,
): Promise<{ manifest: Manifest | undefined; damage: Damage[] }> {
  const needs = sets.find((one) => one.label === label)?.needs ?? [];
  const damage: Damage[] = [];
  let own: Manifest | undefined;
  for (const one of [...needs, label]) {
    const copies: ReadManifest[] = [];
    for (const name of ['backup.manifest', 'backup.manifest.copy']) {
      const path = `backup/${tools.settings.pgbackrest.stanza}/${one}/${name}`;
      copies.push(await readManifest(tools, { name, path, key }, attempt));
    }
    damage.push(...judgeManifests(one, copies));
    if (one === label) own = copies.find(({ manifest }) => manifest?.label === label)?.manifest;
  }
  return { manifest: own, damage };
}

async function readManifest(
  tools: ClusterTools,
  { name, path, key }: { name: string; path: string; key: number },
  attempt: Attempt,
): Promise<ReadManifest> {
  const answer = await tools.readRepository([`--repo=${key}`, 'repo-get', path], attempt);
  if (answer.exitCode !== 0) {
    return { name, missing: `cannot be read: ${describeToolFailure(answer)}` };
  }
  const manifest = parseManifest(answer.stdout);
  return { name, ...(manifest && { manifest }) };
}

/** The files of a set and of all that it needs, by their path below the folder of the stanza. */
async function listChain(
  tools: ClusterTools,
  { key }: Repository,
  { label, needs }: BackupSet,
  attempt: Attempt,
): Promise<ListedFile[]> {
  const listed: ListedFile[] = [];
  for (const one of [...needs, label]) {
    const folder = `backup/${tools.settings.pgbackrest.stanza}/${one}`;
    const args = [`--repo=${key}`, '--recurse', '--output=json', 'repo-ls', folder];
    const files = parseListing(await tools.requireRepository(args, attempt));
    listed.push(...files.map((file) => ({ ...file, path: `${one}/${file.path}` })));
  }
  return listed;
}

interface Subject {
  tools: ClusterTools;
  repository: Repository;
  set: BackupSet;
  manifest: Manifest | undefined;
}

interface ReadBack {
  extent: CheckExtent;
  damage: Damage[];
  elsewhere?: Damage[];
  bytes?: number;
}

async function readBack(subject: Subject, call: CheckSetCall, attempt: Attempt): Promise<ReadBack> {
  const { extent, act } = call;
  const { manifest, repository } = subject;
  if (extent.kind === 'sample' && manifest && repository.folder !== undefined) {
    const seed = `${act.runRef}/${act.step}`;
    const sample = chooseSample(manifest, { percent: extent.percent, seed });
    if (sample) return readSample({ ...subject, folder: repository.folder, sample }, call, attempt);
  }
  return verify(subject, call, attempt);
}

async function verify(
  { tools, repository, set }: Subject,
  { act }: CheckSetCall,
  attempt: Attempt,
): Promise<ReadBack> {
  const argv = tools.pgbackrest([
    `--repo=${repository.key}`,
    ...['--log-level-stderr=info', '--output=text', '--verbose', 'verify'],
  ]);
  // The later of two levels would be refused.
  const quiet = argv.filter((one) => one !== '--log-level-stderr=warn');
  const name = `verify repository ${repository.name}`;
  const result = await tools.act(act, quiet, attempt, { name, secrets: 'repository' });
  requireSuccess('the verification', result);
  const { wal, label, needs } = set;
  const { damage, elsewhere } = judgeVerify(parseVerify(result), {
    ...{ label, needs },
    ...(wal && { firstSegment: wal.start.segment }),
  });
  const chain = repository.sets.filter((one) => one.label === label || needs.includes(one.label));
  const bytes = [...chain, ...repository.archive.segments].reduce(
    (sum, one) => sum + ('checksum' in one ? one.bytes : (one.storedBytes ?? 0)),
    0,
  );
  return { extent: { kind: 'all' }, damage, elsewhere, bytes };
}

const batch = 2_000;

/** sha1sum reads the stored files, of which the manifest has the checksums. */
async function readSample(
  { tools, folder, sample }: Subject & { folder: string; sample: SampledFile[] },
  { extent }: CheckSetCall,
  attempt: Attempt,
): Promise<ReadBack> {
  const base = join(folder, 'backup', tools.settings.pgbackrest.stanza);
  const damage: Damage[] = [];
  for (let at = 0; at < sample.length; at += batch) {
    const files = sample.slice(at, at + batch);
    const argv = ['/usr/bin/sha1sum', '--zero', ...files.map(({ path }) => join(base, path))];
    const { stdout } = await tools.read(argv, attempt, { timeoutMs: patience.actMs });
    damage.push(...compareChecksums(files, base, stdout));
  }
  return { extent, damage, bytes: sample.reduce((sum, { bytes }) => sum + bytes, 0) };
}

function compareChecksums(files: readonly SampledFile[], base: string, stdout: string): Damage[] {
  const read = new Map(
    stdout.split('\0').map((line) => [line.slice(42), line.slice(0, 40)] as const),
  );
  return files.flatMap(({ path, checksum }) => {
    const found = read.get(join(base, path));
    if (found === checksum) return [];
    return [{ where: path, what: found === undefined ? 'cannot be read' : 'invalid checksum' }];
  });
}

function withoutRepeats(damage: readonly Damage[]): Damage[] {
  const found = new Map<string, Damage>();
  for (const one of damage) if (!found.has(one.where)) found.set(one.where, one);
  return [...found.values()];
}
