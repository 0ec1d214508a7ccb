import type { ToolAnswer, ToolRun, Tools } from '../../../contracts/backups/provider.ts';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { CommandResult, RunStep } from '../../../contracts/kernel/agent.ts';
import type { PostgresClusterSettings } from '../../../specs/backups/agent-settings.ts';
import { findServerProgram } from '../../postgres/host/server-program.ts';
import { describeToolFailure } from './tool-failure.ts';
import { readingFailed } from './reading-failed.ts';

const minute = 60_000;
/**
 * Bounds of what hangs; how long a backup may take is decided by the run. pgBackRest tries to reach a
 * repository that is away four times for as long as it is given.
 */
export const patience = {
  readMs: 5 * minute,
  actMs: 7 * 24 * 60 * minute,
  graceMs: 30_000,
  repositoryS: 10,
};

interface ActOptions {
  name: string;
  secrets?: 'repository';
  timeoutMs?: number;
  /** What may differ when the same act is asked for again: its arguments may not. */
  environment?: Readonly<Record<string, string>>;
}

export interface PsqlPlace {
  socketFolder: string;
  port: number;
  database: string;
  /** Says which version of psql is meant. */
  dataFolder: string;
}

/** The programs of one cluster, run as its user and without a shell. */
export class ClusterTools {
  readonly settings: PostgresClusterSettings;
  readonly #tools: Tools;

  constructor(tools: Tools, settings: PostgresClusterSettings) {
    this.#tools = tools;
    this.settings = settings;
  }

  pgbackrest(args: readonly string[]): string[] {
    const { program, config, stanza } = this.settings.pgbackrest;
    return [
      ...[program, `--config=${config}`, `--stanza=${stanza}`],
      // Not to the files and the console that people read.
      ...['--log-level-console=off', '--log-level-stderr=warn'],
      ...args,
    ];
  }

  /** The whole answer of a pgBackRest that changes nothing. */
  async readRepository(args: readonly string[], attempt: Attempt): Promise<ToolAnswer> {
    const argv = this.pgbackrest([`--io-timeout=${patience.repositoryS}`, ...args]);
    return this.read(argv, attempt, { secrets: 'repository' });
  }

  /** Its stdout; throws AgentError where it does not exit with 0. */
  async requireRepository(args: readonly string[], attempt: Attempt): Promise<string> {
    const answer = await this.readRepository(args, attempt);
    if (answer.exitCode === 0) return answer.stdout;
    throw readingFailed(args.join(' '), answer);
  }

  async read(
    argv: readonly string[],
    attempt: Attempt,
    {
      onLine,
      ...options
    }: { secrets?: 'repository'; timeoutMs?: number; onLine?: (line: string) => void } = {},
  ): Promise<ToolAnswer> {
    const run = this.#run(argv, { timeoutMs: patience.readMs, ...options });
    return this.#tools.read(run, attempt, onLine);
  }

  async act(
    act: RunStep,
    argv: readonly string[],
    attempt: Attempt,
    options: ActOptions,
  ): Promise<CommandResult> {
    const { name, timeoutMs = patience.actMs, environment = {} } = options;
    const run = this.#run(argv, { ...options, timeoutMs });
    const tool = { ...run, environment: { ...run.environment, ...environment } };
    return this.#tools.act(act, name, tool, attempt);
  }

  async psql(
    place: PsqlPlace,
    statements: readonly string[],
    attempt: Attempt,
    user?: string,
  ): Promise<ToolAnswer> {
    return this.read(await this.psqlCommand(place, statements, user), attempt);
  }

  /** Each statement is a transaction of its own. */
  async psqlCommand(
    place: PsqlPlace,
    statements: readonly string[],
    user?: string,
  ): Promise<string[]> {
    // The owner of a database may set a path on which functions of its own come first: not for a superuser.
    const setup = user === undefined ? ['SET search_path = pg_catalog'] : [];
    const { socketFolder, port, database, dataFolder } = place;
    return [
      await this.program('psql', dataFolder),
      ...['--no-psqlrc', '--no-password', '--quiet', '--tuples-only', '--no-align'],
      ...['--set=ON_ERROR_STOP=1', `--host=${socketFolder}`, `--port=${port}`],
      ...[`--username=${user ?? this.settings.user}`, `--dbname=dbname=${conninfoValue(database)}`],
      // One that began with a backslash would be a command of psql, which has a shell.
      ...[...setup, ...statements].flatMap((statement) => ['--command', ` ${statement}`]),
    ];
  }

  /** Of the cluster itself, in the database that marks are written to. */
  get place(): PsqlPlace {
    const { socketFolder, port, database, dataFolder } = this.settings;
    return { socketFolder, port, database, dataFolder };
  }

  /** The path of a program of PostgreSQL, of the version that the data is of. */
  async program(name: string, dataFolder = this.settings.dataFolder): Promise<string> {
    return findServerProgram({ ...this.settings, dataFolder }, name);
  }

  #run(
    argv: readonly string[],
    { secrets, timeoutMs }: { secrets?: 'repository'; timeoutMs: number },
  ): ToolRun {
    const { pgbackrest } = this.settings;
    const usual = { LC_ALL: 'C', TZ: 'UTC', PGCONNECT_TIMEOUT: '10' };
    return {
      argv,
      environment: secrets === undefined ? usual : { ...usual, ...pgbackrest.environment },
      secrets: secrets === undefined ? {} : pgbackrest.secrets,
      user: this.settings.user,
      timeoutMs,
      graceMs: patience.graceMs,
    };
  }
}

/** A name of a database with a `=` or a scheme in it would lead to another server. */
function conninfoValue(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** Throws AgentError for an act that did not exit with 0. */
export function requireSuccess(what: string, result: CommandResult): void {
  const { ending, exitCode, stdout, stderr, reason, signal } = result;
  if (ending === 'exited' && exitCode === 0) return;
  if (ending === 'exited') {
    const said = describeToolFailure({ exitCode: exitCode ?? -1, stdout, stderr });
    throw new AgentError('refused', `${what}: ${said}`);
  }
  const how = {
    killed: `was killed by ${signal ?? 'a signal'} from outside`,
    'timed-out': 'took longer than it may',
    cancelled: 'was cancelled, and everything it started is ended',
    'not-started': `could not be started: ${reason ?? ''}`,
  }[ending];
  throw new AgentError('refused', `${what} ${how}`);
}
