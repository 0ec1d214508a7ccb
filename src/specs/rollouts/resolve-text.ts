import { parseSpecText } from '../kernel/parse-text.ts';
import type { AnySpec } from './resolution.ts';
import type { SpecProblem } from '../kernel/spec-problem.ts';
import { resolveAnySpec } from './resolve.ts';

export type TextResolution =
  | {
      ok: true;
      spec: AnySpec;
      /** As written, which is what a workflow is started with. */ input: unknown;
    }
  | { ok: false; problems: SpecProblem[]; lineOf?: (path: string) => number | undefined };

/** What a spec file says, with its defaults, or every problem it has and the lines they are on. */
export function resolveSpecText(text: string, filename: string): TextResolution {
  const parsed = parseSpecText(text, filename);
  if (!parsed.ok) return parsed;
  const { input, lineOf } = parsed;
  const resolution = resolveAnySpec(input);
  return resolution.ok
    ? { ok: true, spec: resolution.spec, input }
    : { ok: false, problems: resolution.problems, lineOf };
}
