import * as z from 'zod';

/** What is wrong between the parts of a mapping that are each fine by themselves. */
export interface Finding {
  path: (string | number)[];
  message: string;
}

export type Unfinished = Readonly<Record<string, unknown>>;

/**
 * Judges a mapping as a whole even if parts of it were refused, so that all problems come at once:
 * a refused part is still as it was given, except for unknown keys, which are left out.
 */
export function judgedBy(judge: (unfinished: Unfinished, isRefused: boolean) => Finding[]) {
  return z.superRefine<object>(
    (value, context) => {
      const findings = judge({ ...value }, context.issues.length > 0);
      for (const finding of findings) context.addIssue({ code: 'custom', ...finding });
    },
    { when: ({ value }) => isMapping(value) },
  );
}

export function isMapping(value: unknown): value is Unfinished {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
