import { access, constants, readdir } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { resticPlaces } from '../../config/restic-program.ts';
import { isOldVersion } from '../../policies/backups/agents/tool-version.ts';
import { runBriefly } from '../run-briefly.ts';

/** A program that agents need for backups, and that is not part of Belay. */
export interface HostTool {
  name: 'restic' | 'pgbackrest' | 'postgres';
  /** What it is needed for. */
  purpose: string;
  oldest: string;
  /** An agent runs the first that is there, unless its settings name another. */
  places: readonly string[];
}

/** Where Debian and its relatives keep the server of each version; it is not on the PATH. */
const postgresFolder = '/usr/lib/postgresql';
const answerWithinMs = 20_000;

const hostTools: readonly HostTool[] = [
  {
    name: 'restic',
    purpose: 'files, models, configuration, objects of Kubernetes',
    oldest: '0.14',
    places: resticPlaces,
  },
  { name: 'pgbackrest', purpose: 'PostgreSQL', oldest: '2.41', places: ['/usr/bin/pgbackrest'] },
  { name: 'postgres', purpose: 'restored copies of PostgreSQL', oldest: '12', places: [] },
];

export interface FoundTool {
  tool: HostTool;
  path?: string;
  version?: string;
  /** Why it cannot be used; absent: it can. */
  problem?: string;
  /** An agent does not run it by itself: its settings have to name it. */
  toBeNamed?: true;
}

/** What of them is on this host. */
export function findHostTools(
  env: NodeJS.ProcessEnv = process.env,
  wanted: readonly HostTool[] = hostTools,
): Promise<FoundTool[]> {
  return Promise.all(
    wanted.map(async (tool) =>
      tool.name === 'postgres'
        ? findTool(tool, await serversIn(postgresFolder))
        : findTool(tool, [...tool.places, ...pathOf(env).map((folder) => join(folder, tool.name))]),
    ),
  );
}

async function findTool(tool: HostTool, paths: readonly string[]): Promise<FoundTool> {
  const tried: FoundTool[] = [];
  for (const path of new Set(paths)) {
    if (!(await isExecutable(path))) continue;
    const found = await judge(tool, path);
    if (found.problem !== undefined) tried.push(found);
    else if (isRun(tool, path, tried)) return found;
    else return { ...found, toBeNamed: true };
  }
  return tried[0] ?? { tool, problem: 'not installed' };
}

/** Whether an agent whose settings name no program runs this one. */
function isRun({ places }: HostTool, path: string, before: readonly FoundTool[]): boolean {
  if (places.length === 0) return true;
  return places.includes(path) && !before.some((one) => places.includes(one.path ?? ''));
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
async function serversIn(folder: string): Promise<string[]> {
  const versions = (await readdir(folder).catch(() => [])).filter((name) => /^\d+$/.test(name));
  return versions
    .sort((one, other) => Number(other) - Number(one))
    .map((version) => join(folder, version, 'bin', 'postgres'));
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
