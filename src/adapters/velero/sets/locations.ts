import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import { judgeLocation } from '../installation/judge-installation.ts';
import { locations } from '../kinds.ts';
import type { LocationObject } from '../objects.ts';
import type { Velero } from '../settings.ts';

/**
 * Objects of Velero are kept where their location is gone. Throws AgentError unless the location
 * answers: what is known of its sets may be old.
 */
export async function requireLocation(
  velero: Velero,
  name: string,
  use: 'read' | 'write',
): Promise<LocationObject> {
  const { api, namespace } = velero;
  const location = (await api.get(locations, namespace, name)) as LocationObject | undefined;
  const used = location && use === 'read' ? readable(location) : location;
  const reasons = judgeLocation(name, used, namespace);
  if (reasons.length === 0 && location !== undefined) return location;
  // One that does not answer may answer in a minute.
  const isFinal = location === undefined || location.status?.phase === 'Available';
  throw new AgentError(isFinal ? 'refused' : 'unfinished', reasons.join('\n'));
}

function readable(location: LocationObject): LocationObject {
  return { ...location, spec: { ...location.spec, accessMode: 'ReadWrite' } };
}
