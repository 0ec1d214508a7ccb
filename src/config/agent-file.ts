import { readFile } from 'node:fs/promises';
import { resolveHostSettings, type HostSettings } from '../specs/agent-settings.ts';
import type { ClusterSettings } from '../specs/kernel/clusters.ts';
import { kindOfRouter, type RouterSettings } from '../specs/kernel/routers.ts';
import type { CommandSettings, ProgramSettings, Secret } from '../specs/kernel/agent.ts';
import { formatProblems } from '../specs/kernel/problems.ts';
import type { SpecProblem } from '../specs/kernel/spec-problem.ts';
import { becomeUser } from './account.ts';
import type { Config } from './config.ts';
import { secretReader, type SecretReader } from './notifications-secret.ts';
import { findProgramProblem } from './program-file.ts';
import { resticProgram } from './restic-program.ts';

/** Settings of an agent that cannot be used: every problem with its line, and no secret. */
export class InvalidAgentSettings extends Error {
  override readonly name = 'InvalidAgentSettings';
}

/** Reads a settings file, and every secret it names once. Throws InvalidAgentSettings. */
export async function loadAgentSettings(
  file: string,
  { agentName }: Pick<Config, 'agentName'>,
  readSecret: SecretReader = secretReader(),
): Promise<HostSettings> {
  const resolution = resolveHostSettings(await textOf(file), agentName);
  const problems = resolution.ok
    ? await problemsOfHost(resolution.settings, readSecret)
    : resolution.problems;
  if (resolution.ok && problems.length === 0) return resolution.settings;
  const { lineOf } = resolution;
  throw new InvalidAgentSettings(
    formatProblems(problems, { source: file, ...(lineOf !== undefined && { lineOf }) }),
  );
}

export type ReadProgramSecrets =
  { ok: true; secrets: Secret[] } | { ok: false; problems: SpecProblem[] };

/** The secrets of a program as they are now; each is named by its variable. */
export async function readProgramSecrets(
  { secrets }: Pick<ProgramSettings, 'secrets'>,
  readSecret: SecretReader = secretReader(),
): Promise<ReadProgramSecrets> {
  const read = await Promise.all(
    Object.entries(secrets).map(async ([name, ref]) => ({
      name,
      found: await readSecret(ref, 'variable'),
    })),
  );
  const problems = read.flatMap(({ name, found }) =>
    found.ok ? [] : [{ path: `secrets.${name}`, message: found.problem }],
  );
  if (problems.length > 0) return { ok: false, problems };
  const values = read.flatMap(({ name, found }) =>
    found.ok ? [{ name, value: found.value }] : [],
  );
  return { ok: true, secrets: values };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new InvalidAgentSettings(
      `${file}: cannot be read (${code}); name an agent's settings file with --config`,
    );
  }
}

/** What of this host cannot be used as the settings say: programs, secrets, and accounts. */
async function problemsOfHost(
  settings: HostSettings,
  readSecret: SecretReader,
): Promise<SpecProblem[]> {
  const found = await Promise.all(
    programsOf(settings).map(async ({ path, files = {}, program }) => {
      const inFiles = Object.entries(files).map(async ([key, file]) => ({
        path: key,
        message: await findProgramProblem(file),
      }));
      const read = await readProgramSecrets(program, readSecret);
      const account = program.user === undefined ? undefined : await becomeUser(program.user);
      const problems = [
        ...(await Promise.all(inFiles)).flatMap(({ path: key, message }) =>
          message === undefined ? [] : [{ path: key, message }],
        ),
        ...(read.ok ? [] : read.problems),
        ...(account === undefined || account.ok
          ? []
          : [{ path: 'user', message: account.problem }]),
      ];
      return problems.map((problem) => ({ ...problem, path: `${path}.${problem.path}` }));
    }),
  );
  return found.flat();
}

interface NamedProgram {
  path: string;
  /** What is executed, by the keys that name it. */
  files?: Readonly<Record<string, string>>;
  program: Pick<ProgramSettings, 'secrets'> & { user?: string };
}

function programsOf({
  commands,
  probes,
  clusters,
  routers,
  backups,
}: HostSettings): NamedProgram[] {
  const { repositories = [] } = backups ?? {};
  return [
    ...commands.map((command) => ({
      path: `commands.${command.name}`,
      files: filesOf(command),
      program: command,
    })),
    ...probes.flatMap(({ name, what }) =>
      what.kind === 'command'
        ? [
            {
              path: `probes.${name}.command`,
              files: filesOf(what),
              program: what.program,
            },
          ]
        : [],
    ),
    ...clusters.flatMap(programsOfCluster),
    ...routers.flatMap(programsOfRouter),
    ...repositories.map((repository) => ({
      path: `backups.repositories.${repository.name}.restic`,
      files: { program: resticProgram(repository) },
      program: repository,
    })),
  ];
}

function programsOfCluster(cluster: ClusterSettings): NamedProgram[] {
  const { name, user, start, stop, pgbackrest, replication, sql, patroni } = cluster;
  const path = `clusters.${name}`;
  const files = {
    ...(start?.[0] !== undefined && { 'start[0]': start[0] }),
    ...(stop?.[0] !== undefined && { 'stop[0]': stop[0] }),
  };
  return [
    { path, files, program: { secrets: {}, user } },
    ...(pgbackrest
      ? [
          {
            path: `${path}.pgbackrest`,
            files: { program: pgbackrest.program },
            program: { secrets: pgbackrest.secrets },
          },
        ]
      : []),
    ...(replication
      ? [{ path: `${path}.replication`, program: { secrets: replication.secrets } }]
      : []),
    ...(sql ? [{ path: `${path}.sql`, program: { secrets: sql.secrets } }] : []),
    ...(patroni ? [{ path: `${path}.patroni`, program: { secrets: patroni.secrets } }] : []),
  ];
}

function programsOfRouter(router: RouterSettings): NamedProgram[] {
  const path = `routers.${router.name}.${kindOfRouter(router)}`;
  if ('haproxy' in router) {
    const { secrets } = router.haproxy.check;
    return [{ path: `${path}.check`, program: { secrets } }];
  }
  const settings = 'dns' in router ? router.dns : router.pgbouncer;
  const { secrets, check } = settings;
  const account = 'account' in settings ? settings.account : undefined;
  return [
    { path, program: { secrets, ...(account !== undefined && { user: account }) } },
    ...(check === undefined
      ? []
      : [{ path: `${path}.check`, program: { secrets: check.secrets } }]),
  ];
}

function filesOf({
  argv,
  lease,
}: Partial<Pick<CommandSettings, 'argv' | 'lease'>>): Record<string, string> {
  const named = {
    'argv[0]': argv?.[0],
    'lease.apply[0]': lease?.apply[0],
    'lease.revert[0]': lease?.revert[0],
  };
  return Object.fromEntries(
    Object.entries(named).flatMap(([key, file]) => (file === undefined ? [] : [[key, file]])),
  );
}
