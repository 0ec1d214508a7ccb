import { blueGreenSchema } from './blue-green.ts';
import { canarySchema } from './canary.ts';
import { isMapping } from '../kernel/finding.ts';
import { recreateSchema, rollingSchema } from './in-place.ts';
import { refuseInput } from '../kernel/input.ts';
import { refuseKind } from './kind.ts';
import { isSpecKind } from './spec-kinds.ts';
import { resolveAgainst } from '../kernel/resolve.ts';
import type { SpecByKind, SpecResolution } from './resolution.ts';
import type { SpecKind } from '../../kinds/workflow-types.ts';
import { rollbackSchema } from './rollback.ts';

export const specSchemas = {
  canary: canarySchema,
  blueGreen: blueGreenSchema,
  rolling: rollingSchema,
  recreate: recreateSchema,
  rollback: rollbackSchema,
};

/** The spec with its defaults, or every problem it has. Pure. */
export function resolveSpecInput<K extends SpecKind>(kind: K, input: unknown): SpecResolution<K>;
export function resolveSpecInput(kind: SpecKind, input: unknown): SpecResolution<SpecKind> {
  return resolveAgainst<SpecByKind[SpecKind]>(specSchemas[kind], input);
}

/** The same where nothing but the spec itself tells its kind: in files. */
export function resolveAnySpec(input: unknown): SpecResolution<SpecKind> {
  const kind = isMapping(input) ? input['kind'] : undefined;
  if (isSpecKind(kind)) return resolveSpecInput(kind, input);
  const message = refuseInput(input);
  return {
    ok: false,
    problems: [
      message === undefined
        ? { path: 'kind', message: refuseKind({ input: kind }) }
        : { path: '', message },
    ],
  };
}
