import type { Capability } from '../../contracts/kernel/agent.ts';
import type { ChaosSettings } from '../../specs/chaos/agent-settings.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { examineTarget } from './examine.ts';

/** What may be hit on this host, and why some of it cannot be, as it is now. */
export async function describeChaos(
  agent: string,
  settings: ChaosSettings | undefined,
): Promise<Record<string, Capability[]>> {
  if (settings === undefined) return {};
  const { processes, hostFaults, longestMs } = settings;
  const targets = [
    ...processes.map(({ name, faults }) => ({ name, faults, target: { process: name } })),
    ...(hostFaults.length > 0 ? [{ name: 'host', faults: hostFaults, target: {} }] : []),
  ];
  const described = await Promise.all(
    targets.map(async ({ name, faults, target }): Promise<Capability> => {
      const [type = 'cpu'] = faults;
      const fault = type === 'cpu' ? { type, load: 1, workers: 1 } : { type };
      const asked = { target, fault, durationMs: 0 };
      const { what, refusals } = await examineTarget(asked, { agent, settings, open: [] });
      return {
        name,
        description: `${what}: ${faults.join(', ')}, for ${formatDuration(longestMs)} at most`,
        ...(refusals.length > 0 && { unavailable: refusals.join('; ') }),
      };
    }),
  );
  return described.length > 0 ? { target: described } : {};
}
