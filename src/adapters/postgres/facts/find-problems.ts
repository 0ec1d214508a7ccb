import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { becomeUser } from '../../../config/account.ts';
import type { DatabaseNode } from '../node.ts';
import { whoIsInCharge } from './in-charge.ts';

const programs = ['postgres', 'pg_ctl', 'pg_rewind', 'pg_basebackup'];

/** What would keep a failover from being carried out on this host, each with what to do about it. */
export async function findProblems(node: DatabaseNode): Promise<string[]> {
  const { name, failover, user, patroni } = node.settings;
  const allowed = failover
    ? []
    : [`its settings do not allow a failover: set clusters.${name}.failover to true`];
  const account = await becomeUser(user);
  return [
    ...allowed,
    ...(account.ok ? [] : [account.problem]),
    // Patroni does itself what these are for.
    ...(patroni === undefined
      ? [
          ...(await findManager(node)),
          ...(await findFolderProblem(node)),
          ...(await findProgramProblems(node)),
        ]
      : []),
  ];
}

/** Who changes a server behind its manager's back is undone by it, or splits it. */
async function findManager({ settings }: DatabaseNode): Promise<string[]> {
  const inCharge = await whoIsInCharge(settings);
  if (inCharge === undefined) return [];
  const { manager, why } = inCharge;
  if (manager === 'CloudNativePG') {
    return [
      `CloudNativePG is in charge of it (${why}): write manager: cloudnativepg in the plan, which needs no agents`,
    ];
  }
  return [
    `Patroni is in charge of it (${why}): write clusters.${settings.name}.patroni in the settings of its agent, and manager: patroni in the plan. Where Patroni is gone for good, remove that file`,
  ];
}

/** A fence renames a file in it, and lists the processes that work in it. */
async function findFolderProblem({ dataFolder }: DatabaseNode): Promise<string[]> {
  const isWritable = await access(join(dataFolder, 'global'), constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  if (isWritable) return [];
  return [`the agent cannot write to ${dataFolder}/global: run it as root, or as the owner`];
}

async function findProgramProblems(node: DatabaseNode): Promise<string[]> {
  const found = await Promise.all(
    programs.map(async (program) => {
      const path = await node.program(program).catch((error: unknown) => error as Error);
      if (path instanceof Error) return path.message;
      return access(path, constants.X_OK).then(
        () => undefined,
        () => `${path} is not there, or may not be executed: name the folder of its programs`,
      );
    }),
  );
  return [...new Set(found.filter((problem) => problem !== undefined))];
}
