import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  copyName,
  type RestoredCopy,
  type RestoreSetCall,
  type RestoreTarget,
} from '../../../contracts/backups/store.ts';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import { parseManifest, type Manifest } from '../repository/manifest.ts';
import { listSetFolders } from '../repository/list-set-folders.ts';
import { keyOf, openRepository, type Repository } from '../repository/repository.ts';
import { placeFolders } from '../place/place-folders.ts';
import { archiveGet } from '../tool/archive-get.ts';
import { requireSuccess, type ClusterTools } from '../tool/cluster-tools.ts';
import { readingFailed } from '../tool/reading-failed.ts';
import { describeToolFailure } from '../tool/tool-failure.ts';
import { reachedFrom } from '../wal/archive-listing.ts';
import {
  copyFolders,
  makeFolders,
  writeInto,
  type CopyFolders,
  type CopyRecord,
} from './copy-folder.ts';
import { judgeTablespaces, readTablespaces } from './foreign-tablespaces.ts';
import { whyNotIsolated } from './isolation.ts';
import { judgeRestore } from './judge-restore.ts';

/**
 * Restores a set beside the source or over it. A copy never archives, and its tablespaces are in its
 * own folder. What takes the place of the source archives as it did; PostgreSQL must not be running
 * where it is written over. What could never reach its target is refused, with every reason, before
 * anything is written.
 */
export async function restoreSet(
  tools: ClusterTools,
  call: RestoreSetCall & { folder?: string },
  attempt: Attempt,
): Promise<RestoredCopy> {
  const { label, target, into, act } = call;
  const key = keyOf(tools, call.repository);
  const [repository, manifest, stored] = await Promise.all([
    openRepository(tools, call.repository, attempt),
    readManifest(tools, key, label, attempt),
    listSetFolders(tools, key, attempt),
  ]);
  await refuseImpossible({ tools, repository, manifest, stored }, call);
  const folders = into.kind === 'copy' ? copyFolders(requireFolder(call)) : undefined;
  const { next, data } = placeFolders(tools.settings.dataFolder, act);
  const folder = folders?.data ?? (into.kind === 'next' ? next : data);
  const set = repository.sets.find((one) => one.label === label);
  const reaches = lastSegment(repository, call);
  const remarks = folders
    ? await prepare({ tools, folders, repository }, { call, reaches }, attempt)
    : [];
  if (into.kind === 'next') await makeNext(tools, next, attempt);
  const argv = tools.pgbackrest([
    ...[`--repo=${repository.key}`, `--set=${label}`, `--pg1-path=${folder}`],
    ...targetOptions(target),
    ...(folders ? ['--archive-mode=off', `--tablespace-map-all=${folders.tablespaces}`] : []),
    ...(into.kind === 'place' ? ['--delta'] : []),
    ...(into.kind === 'next' ? [`--recovery-option=restore_command=${archiveGet(tools)}`] : []),
    'restore',
  ]);
  const result = await tools.act(act, argv, attempt, {
    name: `restore ${label}`,
    secrets: 'repository',
  });
  requireSuccess(`the restore of ${label}`, result);
  // It is written last: what lacks it cannot be started.
  if (!existsSync(join(folder, 'global', 'pg_control'))) {
    throw new AgentError('refused', `pgBackRest reported success, and ${folder} has no pg_control`);
  }
  return {
    copy: copyName(act),
    folder,
    bytes: set?.bytes ?? 0,
    ...(reaches !== undefined && { reaches }),
    ...(remarks.length > 0 && { remarks }),
    startedAtMs: result.startedAtMs,
    endedAtMs: result.endedAtMs,
  };
}

interface Subject {
  tools: ClusterTools;
  repository: Repository;
  /** Or why nobody can say what the set consists of. */
  manifest: Manifest | AgentError;
  /** Folders of sets. */
  stored: readonly string[];
}

async function refuseImpossible(
  { tools, repository, manifest, stored }: Subject,
  { label, target, into }: RestoreSetCall,
): Promise<void> {
  const { dataFolder } = tools.settings;
  if (into.kind === 'namespaces') {
    throw new AgentError('refused', 'a database is restored beside its source, or over it');
  }
  const { sets, archive, segmentBytes } = repository;
  const listed = new Set(sets.map((one) => one.label));
  const unfinished = stored.filter((one) => !listed.has(one));
  const reasons = judgeRestore({
    ...{ label, target, sets, archive, segmentBytes, unfinished },
    nowMs: Date.now(),
  });
  if (into.kind === 'copy' && !(manifest instanceof AgentError)) {
    const now = await readTablespaces(dataFolder);
    reasons.push(...judgeTablespaces(label, manifest.tablespaces, now));
  }
  if (into.kind === 'place' && existsSync(join(dataFolder, 'postmaster.pid'))) {
    reasons.push(`PostgreSQL runs in ${dataFolder} (it has a postmaster.pid): stop it first`);
  }
  if (reasons.length > 0) throw new AgentError('refused', reasons.join('\n'));
  if (into.kind === 'copy' && manifest instanceof AgentError) throw manifest;
}

interface Preparation {
  tools: ClusterTools;
  folders: CopyFolders;
  repository: Repository;
}

/** Returns what whoever uses the copy should know. */
async function prepare(
  { tools, folders, repository }: Preparation,
  { call: { label, target }, reaches }: { call: RestoreSetCall; reaches: string | undefined },
  attempt: Attempt,
): Promise<string[]> {
  await makeFolders(folders);
  const isLocal = repository.folder !== undefined;
  const why = await whyNotIsolated(tools, { isLocal }, attempt);
  const record: CopyRecord = {
    ...{ label, target },
    repository: repository.key,
    segmentBytes: repository.segmentBytes,
    ...(reaches !== undefined && { reaches }),
    isIsolated: why === undefined,
    restoredAtMs: Date.now(),
    reader: `belay_reader_${randomBytes(8).toString('hex')}`,
  };
  await writeInto(folders, folders.record, `${JSON.stringify(record)}\n`);
  return why === undefined ? [] : [why];
}

/** Only where all that there is was asked for. */
function lastSegment(
  { sets, archive, segmentBytes }: Repository,
  { label, target }: RestoreSetCall,
): string | undefined {
  const start = sets.find((one) => one.label === label)?.wal?.start.segment;
  if (target.kind !== 'latest' || start === undefined) return undefined;
  return reachedFrom(archive.ranges, start, segmentBytes);
}

/** By the account of the cluster; an earlier attempt may have made it. */
async function makeNext(tools: ClusterTools, next: string, attempt: Attempt): Promise<void> {
  const answer = await tools.read(['/bin/mkdir', '-p', '-m', '0700', '--', next], attempt);
  if (answer.exitCode === 0) return;
  throw new AgentError('refused', `${next} cannot be made: ${describeToolFailure(answer)}`);
}

function requireFolder({ folder }: { folder?: string }): string {
  if (folder !== undefined) return folder;
  throw new AgentError(
    'refused',
    'a copy needs a folder: the settings of the agent name no scratch folder',
  );
}

/** Of pgBackRest. A time always has its offset: without one it would be of the zone of the server. */
function targetOptions(target: RestoreTarget): string[] {
  const promote = '--target-action=promote';
  switch (target.kind) {
    case 'set':
      // Of a set, its own timeline is enough; pgBackRest has no other option for it here.
      return ['--type=immediate', promote, '--recovery-option=recovery_target_timeline=current'];
    case 'latest':
      return ['--type=default'];
    case 'lsn':
      return [
        ...['--type=lsn', `--target=${target.lsn}`, promote],
        ...(target.exclusive ? ['--target-exclusive'] : []),
      ];
    case 'time': {
      const at = new Date(target.atMs).toISOString().replace('T', ' ').replace('Z', '+00');
      return ['--type=time', `--target=${at}`, promote];
    }
  }
}

/** The copy beside it counts, too: pgBackRest takes that where the first one is damaged. */
async function readManifest(
  tools: ClusterTools,
  key: number,
  label: string,
  attempt: Attempt,
): Promise<Manifest | AgentError> {
  if (!/^[\w-]+$/.test(label)) return new AgentError('refused', `${label} is no label of a set`);
  const failures: AgentError[] = [];
  for (const name of ['backup.manifest', 'backup.manifest.copy']) {
    const path = `backup/${tools.settings.pgbackrest.stanza}/${label}/${name}`;
    const answer = await tools.readRepository([`--repo=${key}`, 'repo-get', path], attempt);
    const manifest = answer.exitCode === 0 ? parseManifest(answer.stdout) : undefined;
    if (manifest?.intact) return manifest;
    failures.push(
      answer.exitCode === 0
        ? new AgentError('refused', `${path} is damaged`)
        : readingFailed(`repo-get ${path}`, answer),
    );
  }
  return (
    failures.find(({ code }) => code === 'unfinished') ??
    new AgentError('refused', failures.map(({ message }) => message).join('\n'))
  );
}
