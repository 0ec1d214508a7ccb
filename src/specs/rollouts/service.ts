import type { Finding, Unfinished } from '../kernel/finding.ts';
import { isMapping } from '../kernel/finding.ts';
import { readinessSchema } from './release.ts';
import { platformOf, targetSchema } from './target.ts';
import { idPart } from '../kernel/written.ts';

/** The keys that say which service a spec is about. */
export const serviceKeys = {
  service: idPart('service').describe(
    'Name of the service: lowercase letters, digits and "-", 1 to 63.',
  ),
  environment: idPart('environment').describe(
    'Name of the environment: lowercase letters, digits and "-", 1 to 63.',
  ),
  target: targetSchema,
  readiness: readinessSchema,
};

/** What does not fit between a service and its platform, whatever is to be done to it. */
export function judgeService({ target, readiness }: Unfinished): Finding[] {
  if (platformOf(target) !== 'kubernetes' || !isMapping(readiness)) return [];
  if (readiness['path'] === undefined) return [];
  const message = 'on Kubernetes the readiness probes of the pod decide; leave it out';
  return [{ path: ['readiness', 'path'], message }];
}
