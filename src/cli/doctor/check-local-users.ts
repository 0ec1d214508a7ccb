import type { TemporalEndpoint } from '../../adapters/temporal/endpoint.ts';
import { describeLocalUsers } from '../up/local-users.ts';
import { warn, type Finding } from './finding.ts';

/** Who else can start commands on this machine. */
export function checkLocalUsers({
  address,
  source,
}: Pick<TemporalEndpoint, 'address' | 'source'>): Finding[] {
  if (source !== 'up') return [];
  return [
    warn(
      'Local users',
      describeLocalUsers(address),
      'Only use `belay up` where you trust all of them; see docs/security.md.',
    ),
  ];
}
