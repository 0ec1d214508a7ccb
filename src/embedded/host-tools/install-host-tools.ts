import { fetchRestic } from './fetch-restic.ts';
import { findHostTools, type FoundTool } from './host-tools.ts';
import { installPackages, packageObstacle } from './install-packages.ts';

export interface InstallOptions {
  /** Where restic's release goes; absent: its package is installed, which may be older. */
  resticFolder?: string;
  /** Of PostgreSQL; absent: the one that the system prefers. */
  postgres?: number;
  /** Receives a line about everything that is fetched. */
  log: (line: string) => void;
}

/** Installs what is missing, and returns what is there then. What could not be had has its reason. */
export async function installHostTools(options: InstallOptions): Promise<FoundTool[]> {
  const { resticFolder, log } = options;
  const before = await findHostTools();
  const missing = before
    .filter(({ problem }) => problem !== undefined)
    .map(({ tool }) => tool.name);
  const reasons: string[] = [];
  const packages = missing
    .filter((name) => name !== 'restic')
    .map((name) => packageOf(name, options));
  if (missing.includes('restic')) {
    const isFetched =
      resticFolder !== undefined &&
      (await fetchRestic(resticFolder, log).then(
        () => true,
        (error: unknown) => {
          log(`fetching restic failed: ${messageOf(error)}; its package is tried`);
          return false;
        },
      ));
    if (!isFetched) packages.push('restic');
  }
  if (packages.length > 0) {
    const obstacle = await packageObstacle();
    if (obstacle === undefined) {
      await installPackages(packages, log).catch((error: unknown) => {
        reasons.push(messageOf(error));
      });
    } else {
      reasons.push(`${packages.join(', ')}: ${obstacle}`);
    }
  }
  for (const reason of reasons) log(`not installed: ${reason}`);
  return findHostTools();
}

function packageOf(name: FoundTool['tool']['name'], { postgres }: InstallOptions): string {
  if (name !== 'postgres') return name;
  return postgres === undefined ? 'postgresql' : `postgresql-${postgres}`;
}

function messageOf(error: unknown): string {
  const { stderr } = error as { stderr?: string };
  const said = stderr?.trim().split('\n').at(-1);
  if (said) return said;
  return error instanceof Error ? error.message : String(error);
}
