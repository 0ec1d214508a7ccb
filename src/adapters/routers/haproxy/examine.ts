import type { NodeAddress } from '../../../contracts/recovery/database-node.ts';
import type { RouteFacts } from '../../../contracts/recovery/routes.ts';
import type { HaproxySettings } from '../../../specs/kernel/routers.ts';
import { findRefusedLogin } from '../find-refused-login.ts';
import { isSame } from '../refuse-switch.ts';
import type { Remembered } from './memory.ts';
import { countClients, readBackend, type ShownBackend } from './read-backend.ts';
import { askHaproxy } from './runtime-api.ts';

export const cannotPause =
  'HAProxy passes connections on as they are, and cannot make clients wait between two statements';

/** Throws AgentError where HAProxy does not answer. Changes nothing. */
export async function examineHaproxy(
  settings: HaproxySettings,
  { led, isHeldByUs }: Remembered,
  servers: readonly NodeAddress[],
): Promise<RouteFacts> {
  const { socket, backend, server: name, check } = settings;
  const [shown, clients, level] = await Promise.all([
    readBackend(settings),
    countClients(settings),
    askHaproxy(socket, 'show cli level'),
  ]);
  const refused = await Promise.all(
    servers.map((server) => findRefusedLogin(check, server, check.database)),
  );
  const { address, isHeld } = shown.server;
  const isElsewhere = led !== undefined && !isSame(address, led.address);
  const last = isElsewhere
    ? `; Belay led it to ${led.address.host}:${led.address.port} last, and a reload, or somebody else, changed that`
    : '';
  return {
    to: address,
    detail: `${backend}/${name} of HAProxy: ${clients.active} connections${last}`,
    atMs: Date.now(),
    ...{ isPaused: isHeld, clients, cannotPause },
    ...(led && { generation: { systemIdentifier: led.systemIdentifier, timeline: led.timeline } }),
    problems: [
      ...findObstacles(settings, shown, isHeldByUs === true),
      ...(level === 'admin'
        ? []
        : [`the stats socket ${socket} has level ${level}: write level admin`]),
      ...new Set(refused.filter((each) => each !== undefined)),
    ],
  };
}

/** What keeps it from being led, each with what to do about it. */
export function findObstacles(
  { backend }: Pick<HaproxySettings, 'backend'>,
  { server, others }: ShownBackend,
  isHeldByUs: boolean,
): string[] {
  const own = `${backend}/${server.name}`;
  const taking = others.filter(({ isHeld }) => !isHeld).map(({ name }) => name);
  return [
    ...(taking.length > 0
      ? [
          `backend ${backend} has other servers that take connections: ${taking.join(', ')}. Leave ${server.name} alone in it, or disable them`,
        ]
      : []),
    ...(server.resolves === undefined
      ? []
      : [
          `HAProxy resolves ${server.resolves} for ${own} by itself, and would change the address back: write an address`,
        ]),
    ...(server.isHeld && !isHeldByUs
      ? [
          `${own} is in maintenance, and not by Belay: set server ${own} state ready once it may serve`,
        ]
      : []),
  ];
}
