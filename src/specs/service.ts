import { readinessSchema } from './release.ts';
import { targetSchema } from './target.ts';
import { idPart } from './written.ts';

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
