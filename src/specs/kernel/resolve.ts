import type { z } from 'zod';
import { refuseInput } from './input.ts';
import { problemsOf } from './issues.ts';
import type { SpecProblem } from './spec-problem.ts';

export type Resolution<Spec = unknown> =
  { ok: true; spec: Spec } | { ok: false; problems: SpecProblem[] };

/** A spec with its defaults as its kind's schema has it, or every problem that it has. Pure. */
export function resolveAgainst<Spec>(schema: z.ZodType<Spec>, input: unknown): Resolution<Spec> {
  const message = refuseInput(input);
  if (message !== undefined) return { ok: false, problems: [{ path: '', message }] };
  const parsed = schema.safeParse(input);
  return parsed.success
    ? { ok: true, spec: parsed.data }
    : { ok: false, problems: problemsOf(parsed.error) };
}
