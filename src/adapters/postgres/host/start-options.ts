import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Settings of a recovery that nobody is to reach: nothing is fetched, sent or archived. */
const apart = {
  ...{ listen_addresses: '', unix_socket_directories: '', hot_standby: 'off' },
  ...{ primary_conninfo: '', primary_slot_name: '', restore_command: '/bin/false' },
  ...{ recovery_target_timeline: 'current', archive_mode: 'off', ssl: 'off' },
  ...{ recovery_target_action: 'shutdown', recovery_target_lsn: '' },
};

/** No server starts without a socket: its folder is one that nobody else may enter. */
interface Apart {
  socketFolder: string;
  /** The server shuts itself down once it has replayed this; empty: it goes on. */
  lastRecord: string;
  timeline: number;
}

export function optionsApart({ socketFolder, lastRecord, timeline }: Apart): string[] {
  const own = {
    unix_socket_directories: socketFolder,
    recovery_target_lsn: lastRecord,
    recovery_target_timeline: String(timeline),
  };
  return Object.entries({ ...apart, ...own }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
}

/**
 * Debian's servers have their configuration elsewhere, and are told so when they are started. Those of
 * a recovery apart are no way to start a server for others.
 */
export async function optionsOfLastStart(dataFolder: string): Promise<string[]> {
  const text = await readFile(join(dataFolder, 'postmaster.opts'), 'utf8').catch(() => '');
  const [, ...options] = [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  );
  const wasApart = options.includes(`restore_command=${apart.restore_command}`);
  const kept: string[] = [];
  for (let index = 0; index < options.length; index += 1) {
    const [option = '', value = ''] = options.slice(index);
    const isOfApart = wasApart && option === '-c' && isApart(value);
    if (option === '-D' || isOfApart) index += 1;
    else kept.push(option);
  }
  return kept;
}

function isApart(setting: string): boolean {
  return Object.keys(apart).some((name) => setting.startsWith(`${name}=`));
}
