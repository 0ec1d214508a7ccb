import * as z from 'zod';
import { judgedBy } from '../kernel/finding.ts';
import type { Finding, Unfinished } from '../kernel/finding.ts';
import { refusal } from '../kernel/given.ts';
import { choice, listOf, mapping } from '../kernel/written.ts';

/** One step of a JSON patch (RFC 6902) whose paths begin at the root of a pod template. */
export interface TemplatePatchStep {
  op: 'add' | 'replace' | 'remove';
  path: string;
  value?: unknown;
}

const step = mapping({
  op: choice(['add', 'replace', 'remove']).describe('add, replace or remove.'),
  path: z
    .string({ error: refusePointer })
    .regex(/^\/(?:metadata|spec)(?!\/template\/)(?:\/(?:[^~/\s]|~[01])+)+$/, {
      error: refusePointer,
    })
    .describe('JSON pointer from the root of the pod template: /spec/… or /metadata/….'),
  value: z.unknown().optional().describe('The new value. Not allowed with remove.'),
}).check(judgedBy(judgeValue));

export const templatePatchSchema = listOf(
  step,
  'write at least one step, such as { op: replace, path: /spec/containers/0/args, value: [] }',
);

function refusePointer({ input }: { input?: unknown }): string {
  const isFromDeployment = typeof input === 'string' && /^\/spec\/template(\/|$)/.test(input);
  return isFromDeployment
    ? refusal(
        'leave /spec/template out of it',
        'begins at the Deployment, not at its pod template',
      )({ input })
    : refusal('write a JSON pointer into the pod template, such as /spec/containers/0/resources')({
        input,
      });
}

function judgeValue({ op, value }: Unfinished): Finding[] {
  const refused = (message: string) => [{ path: ['value'], message }];
  if (op === 'remove' && value !== undefined) return refused('remove takes none; leave it out');
  const isWanted = op === 'add' || op === 'replace';
  return isWanted && value === undefined ? refused('missing; write the new value') : [];
}
