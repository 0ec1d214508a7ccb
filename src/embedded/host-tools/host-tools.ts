import { access, constants, readdir } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { isOldVersion } from '../../policies/backups/agents/tool-version.ts';
import { runBriefly } from '../run-briefly.ts';

/** A program that agents need for backups, and that is not part of Belay. */
export interface HostTool {
  name: 'restic' | 'pgbackrest' | 'postgres';
  /** What it is needed for. */
  purpose: string;
  oldest: string;
}

const hostTools: readonly HostTool[] = [
  {
    name: 'restic',
    purpose: 'files, models, configuration, objects of Kubernetes',
    oldest: '0.14',
  },
  { name: 'pgbackrest', purpose: 'PostgreSQL', oldest: '2.41' },
  { name: 'postgres', purpose: 'restored copies of PostgreSQL', oldest: '12' },
];

export interface FoundTool {
  tool: HostTool;
  path?: string;
  version?: string;
  /** Why it cannot be used; absent: it can. */
  problem?: string;
}

/** Where Debian and its relatives keep the server of each version; it is not on the PATH. */
const postgresFolder = '/usr/lib/postgresql';
const usualFolders = ['/usr/local/bin', '/usr/bin'];
const answerWithinMs = 20_000;

/** What of them is on this host. */
export function findHostTools(env: NodeJS.ProcessEnv = process.env): Promise<FoundTool[]> {
  return Promise.all(
    hostTools.map(async (tool) => {
      const folders =
        tool.name === 'postgres' ? await serverFolders() : [...pathOf(env), ...usualFolders];
      return findTool(tool, folders);
    }),
  );
}

async function findTool(tool: HostTool, folders: readonly string[]): Promise<FoundTool> {
  const tried: FoundTool[] = [];
  for (const folder of new Set(folders)) {
    const path = join(folder, tool.name);
    if (!(await isExecutable(path))) continue;
    const found = await judge(tool, path);
    if (found.problem === undefined) return found;
    tried.push(found);
  }
  return tried[0] ?? { tool, problem: 'not installed' };
}

async function judge(tool: HostTool, path: string): Promise<FoundTool> {
  const asked = tool.name === 'postgres' ? '--version' : 'version';
  const { ok, stdout } = await runBriefly(path, [asked], answerWithinMs);
  const [version] = /\d+(?:\.\d+)*/.exec(stdout) ?? [];
  if (!ok || version === undefined) {
    return { tool, path, problem: `\`${path} ${asked}\` shows no version` };
  }
  if (!isOldVersion(version, tool.oldest)) return { tool, path, version };
  return { tool, path, version, problem: `too old: ${tool.oldest} or later is needed` };
}

/** The newest version first. */
async function serverFolders(): Promise<string[]> {
  const versions = (await readdir(postgresFolder).catch(() => [])).filter((name) =>
    /^\d+$/.test(name),
  );
  return versions
    .sort((one, other) => Number(other) - Number(one))
    .map((version) => join(postgresFolder, version, 'bin'));
}

function pathOf(env: NodeJS.ProcessEnv): string[] {
  return (env['PATH'] ?? '').split(delimiter).filter(isAbsolute);
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
