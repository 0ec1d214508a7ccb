import type { Capability } from '../../contracts/kernel/agent.ts';
import type { ChaosSettings } from '../../specs/chaos/agent-settings.ts';
import type { HostFault, HostFaultType } from '../../specs/chaos/fault.ts';
import type { TargetName } from '../../specs/chaos/target-part.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { examineTarget, type Examined } from './examine.ts';

/**
 * What may be hit on this host, and why some of it cannot be, as it is now. No probe is asked: an agent that is being
 * started does not wait for a service that hangs.
 */
export async function describeChaos(
  agent: string,
  settings: ChaosSettings | undefined,
  about: Pick<Examined, 'servers' | 'stateFolder'>,
): Promise<Record<string, Capability[]>> {
  if (settings === undefined) return {};
  const { processes, networks, disks, proxies, copies, hostFaults, longestMs } = settings;
  const targets: DescribedTarget[] = [
    ...processes.map(({ name, faults }) => ({ name, faults, target: { process: name } })),
    ...networks.map(({ name, faults }) => ({ name, faults, target: { network: name } })),
    ...disks.map(({ name, faults, leave }) => ({ name, faults, leave, target: { disk: name } })),
    ...proxies.map(({ name, faults }) => ({ name, faults, target: { proxy: name } })),
    ...copies.map(({ name, faults }) => ({ name, faults, target: { copy: name } })),
    ...(hostFaults.length > 0 ? [{ name: 'host', faults: hostFaults, target: {} }] : []),
  ];
  const longest = formatDuration(longestMs);
  const described = await Promise.all(
    targets.map(async ({ name, faults, target, leave }): Promise<Capability> => {
      const examined = await Promise.all(
        faults.map(async (type) => {
          const asked = { target, fault: exampleOf(type, leave), durationMs: 0 };
          const facts = await examineTarget(asked, { ...about, agent, settings, open: [] });
          return { type, ...facts };
        }),
      );
      const can = examined.filter(({ refusals }) => refusals.length === 0);
      const [{ what } = { what: name }] = can.length > 0 ? can : examined;
      const cannot = examined
        .filter(({ refusals }) => refusals.length > 0)
        .map(({ type, refusals }) => `${type}: ${refusals.join('; ')}`);
      const not = cannot.length > 0 && can.length > 0 ? `; not ${cannot.join('; not ')}` : '';
      const types = (can.length > 0 ? can : examined).map(({ type }) => type);
      return {
        name,
        description: `${what}: ${types.join(', ')}, for ${longest} at most${not}`,
        ...(can.length === 0 && { unavailable: commonReasons(examined, cannot) }),
      };
    }),
  );
  return described.length > 0 ? { target: described } : {};
}

interface DescribedTarget {
  name: string;
  faults: readonly HostFaultType[];
  target: TargetName;
  /** Of a disk: what stays free, whatever is asked. */
  leave?: number;
}

/** Once, where every fault is refused for the same reasons. */
function commonReasons(
  examined: readonly { refusals: readonly string[] }[],
  cannot: readonly string[],
): string {
  const reasons = new Set(examined.map(({ refusals }) => refusals.join('; ')));
  const [only = ''] = reasons;
  return reasons.size === 1 ? only : cannot.join('; ');
}

/** One of each type, to be examined: as little as there can be, or of a disk as much as may be. */
function exampleOf(type: HostFaultType, leave = 0): HostFault {
  switch (type) {
    case 'freeze':
    case 'crash':
    case 'dns':
      return { type };
    case 'cpu':
      return { type, load: 1, workers: 1 };
    case 'memory':
      return { type, bytes: 2 ** 20 };
    case 'disk':
      return { type, leave };
    case 'loss':
      return { type, share: 0.5, direction: 'both' };
    case 'partition':
      return { type, direction: 'both' };
    case 'error':
      return { type, share: 0.5 };
    case 'corruption':
      // Of the largest copy, too, only so many blocks may be damaged.
      return { type, share: 1e-6 };
    case 'bandwidth':
      return { type, kbitPerSecond: 1_000 };
    case 'latency':
      return { type, delayMs: 100, jitterMs: 10 };
  }
}
