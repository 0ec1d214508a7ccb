import type { BackupSet, SetType } from '../../contracts/backups/backup-set.ts';
import type { MakeSetCall } from '../../contracts/backups/store.ts';
import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';
import type { CommandResult, RunStep } from '../../contracts/kernel/agent.ts';
import { chooseServer, type ServerRoles } from './choose-server.ts';
import { configOf, openRepository, type Repository } from './repository/repository.ts';
import { annotations } from './repository/sets.ts';
import { requireSuccess, type ClusterTools } from './tool/cluster-tools.ts';
import { missingBetween } from './wal/archive-listing.ts';

const typeNames: Readonly<Record<SetType, string>> = {
  full: 'full',
  differential: 'diff',
  incremental: 'incr',
};

/**
 * Makes a set, and succeeds only where the repository lists it under the annotation of this act,
 * without an error, with all of the log that it needs. Nothing expires meanwhile: what goes is
 * decided by the plan, not by the retention in the configuration of pgBackRest.
 */
export async function makeSet(
  tools: ClusterTools,
  call: MakeSetCall,
  attempt: Attempt,
): Promise<BackupSet> {
  const before = await openRepository(tools, call.repository, attempt);
  const made = findMade(before, call.act);
  if (made) return proveSet(made, before);
  const source = await chooseSource(tools, attempt);
  const argv = tools.pgbackrest([
    `--repo=${before.key}`,
    `--type=${typeNames[call.type]}`,
    ...annotate(call),
    '--no-expire-auto',
    'backup',
  ]);
  const ending = await settle(
    tools.act(call.act, argv, attempt, {
      name: `back ${call.component.name} up to ${call.repository}`,
      secrets: 'repository',
      environment: source,
    }),
  );
  const after = await openRepository(tools, call.repository, attempt);
  const set = findMade(after, call.act);
  if (set) return proveSet(set, after);
  if (ending.lost) throw ending.lost;
  requireSuccess('the backup', ending.result);
  throw new AgentError(
    'lost',
    `pgBackRest reported success, and repository ${call.repository} does not list the set`,
  );
}

type Ending = { result: CommandResult; lost?: never } | { lost: AgentError };

/** Of an act whose end nobody saw, the repository still knows what it made. */
async function settle(act: Promise<CommandResult>): Promise<Ending> {
  try {
    return { result: await act };
  } catch (error) {
    if (error instanceof AgentError && error.code === 'lost') return { lost: error };
    throw error;
  }
}

function annotate({ act, plan, component }: MakeSetCall): string[] {
  const said = {
    [annotations.run]: runMark(act),
    [annotations.plan]: `${plan.environment}/${plan.backup}`,
    [annotations.component]: component.name,
  };
  return Object.entries(said).map(([key, value]) => `--annotation=${key}=${value}`);
}

function runMark({ runRef, step }: RunStep): string {
  return `${runRef}/${step}`;
}

function findMade({ sets }: Repository, act: RunStep): BackupSet | undefined {
  return sets.find(({ madeBy }) => madeBy === runMark(act));
}

/** The set, once it is known that it can be restored. Throws AgentError otherwise. */
function proveSet(set: BackupSet, { archive, segmentBytes, name }: Repository): BackupSet {
  const { wal, label, error } = set;
  if (error !== undefined) throw new AgentError('refused', `${label} was made, but ${error}`);
  if (wal === undefined)
    throw new AgentError('refused', `${label} names no log: was it made offline?`);
  const range = { first: wal.start.segment, last: wal.stop.segment, segmentBytes };
  const missing = missingBetween(archive, range);
  if (missing.length === 0) return set;
  throw new AgentError(
    'refused',
    `${label} was made, but cannot be restored: repository ${name} lacks ${missing.join(', ')}`,
  );
}

const rolesQuery = `SELECT json_build_object(
  'standby', pg_is_in_recovery(),
  'paused', CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() ELSE false END,
  'standbys', (SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming')
)`;

/** Which server is read, said where the configuration alone would not do. Throws AgentError. */
async function chooseSource(
  tools: ClusterTools,
  attempt: Attempt,
): Promise<Record<string, string>> {
  const { exitCode, stdout } = await tools.psql(tools.place, [rolesQuery], attempt);
  if (exitCode !== 0) return {};
  const options = await configOf(tools, 'backup');
  const chosen = chooseServer(JSON.parse(stdout) as ServerRoles, {
    wantsStandby: options.get('backup-standby') === 'y',
    allowPrimary: tools.settings.pgbackrest.allowPrimary,
  });
  if (chosen.ok) return chosen.variables;
  throw new AgentError('refused', chosen.why);
}
