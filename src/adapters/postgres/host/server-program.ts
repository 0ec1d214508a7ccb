import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import type { ClusterSettings } from '../../../specs/kernel/clusters.ts';

/** The path of a program of PostgreSQL, of the version that the data is of. Throws AgentError. */
export async function findServerProgram(
  { programs, dataFolder }: Pick<ClusterSettings, 'programs' | 'dataFolder'>,
  name: string,
): Promise<string> {
  if (programs !== undefined) return join(programs, name);
  const version = await majorVersion(dataFolder);
  if (version !== undefined) return join('/usr/lib/postgresql', version, 'bin', name);
  throw new AgentError(
    'refused',
    `${dataFolder} has no PG_VERSION, so that nobody knows which ${name} is meant: name the folder of its programs in the agent's settings`,
  );
}

/** Such as `15`; absent where the folder has no cluster. */
async function majorVersion(dataFolder: string): Promise<string | undefined> {
  const text = await readFile(join(dataFolder, 'PG_VERSION'), 'utf8').catch(() => undefined);
  return /^\d+(\.\d+)?$/.exec(text?.trim() ?? '')?.[0];
}
