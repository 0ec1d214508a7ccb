import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { resticProgram } from '../../config/restic-program.ts';
import type { ToolRun, Tools } from '../../contracts/backups/provider.ts';
import type { Capability } from '../../contracts/kernel/agent.ts';
import { isOldVersion } from '../../policies/backups/agents/tool-version.ts';
import type {
  BackupSettings,
  PostgresClusterSettings,
  ResticRepositorySettings,
  VeleroAccess,
} from '../../specs/backups/agent-settings.ts';
import { unattended } from '../unattended.ts';

/** The oldest that Belay knows: annotations of sets, and JSON of snapshots. */
const oldest = { pgBackRest: '2.41', restic: '0.14' } as const;
const answerWithinMs = 10_000;

/** What of the settings this host can back up, as it is now, by what it is. */
export async function describeBackups(
  settings: BackupSettings,
  tools: Tools,
): Promise<Record<string, Capability[]>> {
  const { clusters, repositories, paths, scratch, velero } = settings;
  const capabilities = {
    cluster: await Promise.all(clusters.map((cluster) => describeCluster(cluster, tools))),
    repository: await Promise.all(repositories.map((each) => describeRepository(each, tools))),
    path: await Promise.all(paths.map(describePath)),
    location: velero ? velero.locations.map((name) => describeLocation(name, velero)) : [],
    copies: scratch ? [await describeScratch(settings, scratch.folder, tools)] : [],
  };
  return Object.fromEntries(Object.entries(capabilities).filter(([, all]) => all.length > 0));
}

async function describeCluster(
  cluster: PostgresClusterSettings,
  tools: Tools,
): Promise<Capability> {
  const { name, dataFolder, user, pgbackrest } = cluster;
  const { program, config, repositories } = pgbackrest;
  const version = await versionOf('pgBackRest', { argv: [program, 'version'], user }, tools);
  const readable = await isReachable(config, '-r', { user, tools });
  const unavailable =
    version.unavailable ?? (readable ? undefined : `${user} cannot read ${config}`);
  return capability(
    name,
    `PostgreSQL in ${dataFolder}, by ${version.said}; repositories ${Object.keys(repositories).join(', ')}`,
    unavailable,
  );
}

async function describeRepository(
  repository: ResticRepositorySettings,
  tools: Tools,
): Promise<Capability> {
  const { name, location, user } = repository;
  const asked = {
    argv: [resticProgram(repository), 'version'],
    ...(user !== undefined && { user }),
  };
  const version = await versionOf('restic', asked, tools);
  return capability(name, `${location}, by ${version.said}`, version.unavailable);
}

/** Whether Velero answers is examined by every backup, with the rights that it has then. */
function describeLocation(name: string, { namespace }: VeleroAccess): Capability {
  return capability(name, `volumes, by Velero in namespace ${namespace}`, undefined);
}

async function describePath(path: string): Promise<Capability> {
  const isThere = await access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
  const problem = isThere ? undefined : `${path} is not there, or may not be read`;
  return capability(path, 'may be backed up, and restored in place', problem);
}

async function describeScratch(
  { clusters }: BackupSettings,
  folder: string,
  tools: Tools,
): Promise<Capability> {
  const isOwn = await access(folder, constants.R_OK | constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!isOwn) return capability(folder, 'restored copies', `the agent cannot write to ${folder}`);
  const users = [...new Set(clusters.map(({ user }) => user))];
  const reached = await Promise.all(
    users.map((user) => isReachable(join(folder, '.'), '-x', { user, tools })),
  );
  const locked = users.filter((_, index) => !reached[index]);
  const problem =
    locked.length === 0
      ? undefined
      : `${locked.join(' and ')} cannot get to ${folder}: let everybody pass through the folders above it (chmod o+x)`;
  return capability(folder, 'restored copies', problem);
}

async function versionOf(
  name: keyof typeof oldest,
  asked: Pick<ToolRun, 'argv' | 'user'>,
  tools: Tools,
): Promise<{ said: string; unavailable?: string }> {
  try {
    const { stdout } = await ask(asked, tools);
    const [version] = /\d+(?:\.\d+)+/.exec(stdout) ?? [];
    if (version === undefined) {
      return { said: name, unavailable: `${asked.argv.join(' ')} does not show a version` };
    }
    const isOld = isOldVersion(version, oldest[name]);
    return {
      said: `${name} ${version}`,
      ...(isOld && { unavailable: `${name} is ${version}; ${oldest[name]} or later is needed` }),
    };
  } catch (error) {
    return { said: name, unavailable: error instanceof Error ? error.message : String(error) };
  }
}

async function isReachable(
  path: string,
  test: '-r' | '-x',
  { user, tools }: { user: string; tools: Tools },
): Promise<boolean> {
  const answer = await ask({ argv: ['/usr/bin/test', test, path], user }, tools).catch(
    () => undefined,
  );
  return answer?.exitCode === 0;
}

function ask(asked: Pick<ToolRun, 'argv' | 'user'>, tools: Tools) {
  const limits = { timeoutMs: answerWithinMs, graceMs: 0 };
  return tools.read({ environment: {}, secrets: {}, ...limits, ...asked }, unattended);
}

function capability(
  name: string,
  description: string,
  unavailable: string | undefined,
): Capability {
  return { name, description, ...(unavailable !== undefined && { unavailable }) };
}
