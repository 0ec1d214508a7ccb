/** Bytes of a host, or of a cgroup with a limit. */
export interface MemoryRoom {
  total: number;
  available: number;
}

const mebibyte = 2 ** 20;
const leastShare = 0.1;
const leastOfHost = 256 * mebibyte;
const leastOfGroup = 32 * mebibyte;

/** What everybody else on the host keeps, whatever a fault takes. */
export function floorOfHost({ total }: MemoryRoom): number {
  return Math.max(leastShare * total, leastOfHost);
}

export function floorOfGroup({ total }: MemoryRoom): number {
  return Math.max(leastShare * total, leastOfGroup);
}

/** Why so much cannot be taken without the kernel ending processes of others; empty: it can. */
export function refuseMemory(
  bytes: number,
  { host, group }: { host: MemoryRoom; group: MemoryRoom | undefined },
): string[] {
  const rooms = [
    { of: 'the host', room: host, floor: floorOfHost(host) },
    ...(group === undefined ? [] : [{ of: 'its cgroup', room: group, floor: floorOfGroup(group) }]),
  ];
  return rooms
    .filter(({ room, floor }) => room.available - bytes < floor)
    .map(({ of, room, floor }) => {
      const most = Math.max(0, room.available - floor);
      return `${show(bytes)} is more than ${of} can spare: ${show(room.available)} of ${show(room.total)} is available, ${show(floor)} has to stay so; at most ${show(most)}`;
    });
}

export function show(bytes: number): string {
  return `${Math.floor(bytes / mebibyte)}MiB`;
}
