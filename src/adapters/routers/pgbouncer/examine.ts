import { readFile } from 'node:fs/promises';
import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import type { NodeAddress } from '../../../contracts/recovery/database-node.ts';
import type { RouteFacts } from '../../../contracts/recovery/routes.ts';
import type { PgBouncerSettings } from '../../../specs/kernel/routers.ts';
import {
  consoleWithinMs,
  showClients,
  showDatabases,
  showConfiguration,
  withConsole,
  type ShownClients,
  type ShownConfiguration,
  type ShownDatabase,
} from './console.ts';
import { readEntries, readGeneration, type Entry } from './databases-file.ts';
import { findForeignPause } from './find-foreign-pause.ts';
import { findObstacles } from './find-obstacles.ts';
import { isSame } from '../refuse-switch.ts';
import { whyNoPause } from './why-no-pause.ts';

interface Shown {
  databases: (ShownDatabase | undefined)[];
  clients: ShownClients;
  configuration: ShownConfiguration;
}

/**
 * Throws AgentError where its console does not answer. Changes nothing. `servers`: those to which it
 * may be led; what would keep it from that is among the problems. `held`: what Belay has paused.
 */
export async function examinePgBouncer(
  settings: PgBouncerSettings,
  { servers, held }: { servers: readonly NodeAddress[]; held: readonly string[] },
): Promise<RouteFacts> {
  const { file, databases: names } = settings;
  const shown = await withConsole(settings, consoleWithinMs, async (session): Promise<Shown> => ({
    databases: await showDatabases(session, names),
    clients: await showClients(session, names),
    configuration: await showConfiguration(session),
  }));
  const text = await readConfiguration(file);
  const foreignPause = findForeignPause(shown.databases, held);
  const problems = [
    ...(foreignPause === undefined ? [] : [foreignPause]),
    ...problemsOf(settings, shown.databases, readEntries(text, names)),
    ...(shown.configuration.sharesPort ? [sharedPort] : []),
    ...(servers.length > 0 ? await findObstacles(settings, text, servers) : []),
  ];
  const to = theOne(shown.databases.map((database) => database?.address));
  const generation = readGeneration(text);
  const cannotPause = whyNoPause(shown.databases, shown.configuration);
  const { active, waiting } = shown.clients;
  return {
    ...(to && { to }),
    detail: `${names.join(', ')} at PgBouncer: ${active} clients, ${waiting} waiting`,
    atMs: Date.now(),
    isPaused: shown.databases.some((database) => database?.isPaused),
    isWhollyPaused: shown.databases.every((database) => database?.isPaused),
    clients: shown.clients,
    ...(cannotPause !== undefined && { cannotPause }),
    ...(generation && { generation }),
    problems,
  };
}

export async function readConfiguration(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new AgentError('unfinished', `${file} cannot be read (${code})`);
  });
}

/** Throws AgentError with every entry that the file lacks. */
export function requireEntries(
  text: string,
  { file, databases: names }: Pick<PgBouncerSettings, 'file' | 'databases'>,
): Entry[] {
  const entries = readEntries(text, names);
  const missing = names.filter((_, index) => entries[index] === undefined);
  if (missing.length > 0) throw new AgentError('refused', describeMissing(missing, file));
  return entries.filter((entry) => entry !== undefined);
}

function describeMissing(names: readonly string[], file: string): string {
  return `${file} has no [databases] entry for ${names.join(', ')}: write the file that has it`;
}

function problemsOf(
  { file, databases: names }: PgBouncerSettings,
  shown: Shown['databases'],
  entries: readonly (Entry | undefined)[],
): string[] {
  const missing = names.filter((_, index) => entries[index] === undefined);
  const unknown = names.filter((_, index) => shown[index] === undefined);
  const differing = names.filter((_, index) => {
    const [written, used] = [entries[index]?.address, shown[index]?.address];
    return written !== undefined && used !== undefined && !isSame(written, used);
  });
  const servers = new Set(
    entries.map((entry) => entry?.address && `${entry.address.host}:${entry.address.port}`),
  );
  const several = names.filter(
    (_, index) => entries[index] !== undefined && entries[index].address === undefined,
  );
  return [
    ...(missing.length > 0 ? [describeMissing(missing, file)] : []),
    ...(unknown.length > 0 ? [`PgBouncer has no database ${unknown.join(', ')}`] : []),
    ...(differing.length > 0
      ? [
          `${differing.join(', ')} leads elsewhere than ${file} says: RELOAD it, or fix its settings`,
        ]
      : []),
    ...(several.length > 0
      ? [`${several.join(', ')} has no single host in ${file}: write one`]
      : []),
    ...(servers.size > 1 && missing.length + several.length === 0
      ? [`its databases lead to ${[...servers].join(' and ')}: they are switched together`]
      : []),
  ];
}

function theOne(addresses: readonly (NodeAddress | undefined)[]): NodeAddress | undefined {
  const [first, ...others] = addresses;
  return first && others.every((other) => isSame(other, first)) ? first : undefined;
}

const sharedPort =
  'so_reuseport is on: several processes may share its port, and its console reaches one of them. Turn it off, or list each process as a router with its own socket';
