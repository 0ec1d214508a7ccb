import { mkdir, statfs } from 'node:fs/promises';
import type { Config } from '../../config/config.ts';
import { describeProgram, locateTemporal } from '../../embedded/locate.ts';
import { isPortFree } from '../../embedded/ports.ts';
import { readUpRecord } from '../../embedded/up-record.ts';
import { isAlive } from '../../processes/identity.ts';
import { fail, messageOf, ok, warn, type Finding } from './finding.ts';

const gib = 1024 ** 3;
const oldestNode = [20, 19] as const;

/** What this machine itself must offer. */
export async function checkMachine(config: Config): Promise<Finding[]> {
  return [
    checkNode(process.versions.node),
    await checkDisk(config.home),
    await checkPorts(config.home),
    await checkProgram(config.cache),
  ];
}

function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = oldestNode;
  const isRecent = major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
  if (isRecent) return ok('Node', version);
  return fail('Node', `${version} is too old`, `Install Node ${oldestNode.join('.')} or later.`);
}

async function checkDisk(home: string): Promise<Finding> {
  const check = 'Disk';
  try {
    await mkdir(home, { recursive: true });
    const { bavail, bsize } = await statfs(home);
    const free = bavail * bsize;
    const detail = `${(free / gib).toFixed(1)} GiB free in ${home}`;
    if (free >= gib) return ok(check, detail);
    const fix = 'Make room there, or set BELAY_HOME to another folder.';
    return free >= gib / 10 ? warn(check, detail, fix) : fail(check, detail, fix);
  } catch (error) {
    return fail(check, messageOf(error), 'Set BELAY_HOME to a folder that can be written to.');
  }
}

async function checkPorts(home: string): Promise<Finding> {
  const up = await readUpRecord(home);
  if (up && (await isAlive(up))) return ok('Ports', `in use by \`belay up\`, process ${up.pid}`);
  const usual = [7233, 8233];
  const free = await Promise.all(usual.map(isPortFree));
  const taken = usual.filter((_, index) => !free[index]);
  if (taken.length === 0) return ok('Ports', `${usual.join(' and ')} are free`);
  return warn(
    'Ports',
    `${taken.join(' and ')} taken by another program`,
    '`belay up` will take free ones, or choose with --temporal-port and --ui-port.',
  );
}

async function checkProgram(cache: string): Promise<Finding> {
  const check = 'Temporal program';
  try {
    return ok(check, describeProgram(await locateTemporal({ cache, fetch: false })));
  } catch {
    return warn(
      check,
      'neither on the PATH nor in the cache',
      '`belay up` fetches it, once. Not needed where the TEMPORAL_* settings name a server.',
    );
  }
}
