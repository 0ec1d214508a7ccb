/** How settings of an agent name what is on its host. */
import * as z from 'zod';
import { isMapping, type Finding, type Unfinished } from './finding.ts';
import { refusal } from './given.ts';
import { secretRef } from './secret-ref.ts';
import { idPart, text } from './written.ts';

export function absolute(what: string) {
  return text(`write the absolute path of ${what}`, /^\/[^\0]*$/);
}

/** A folder or a file that is named in one way only: no `..`, no slash at its end. */
export function place(what: string) {
  return absolute(what)
    .refine((path) => !path.split('/').includes('..'), {
      error: 'has ".." in it; write it without',
    })
    .transform((path) => path.replace(/\/+/g, '/').replace(/(.)\/$/, '$1'));
}

export const account = text('write the name of an account of this host', /^[A-Za-z_][\w.-]{0,31}$/);

const variable = /^[A-Za-z_]\w{0,127}$/;
const variables = <Value extends z.ZodType>(value: Value) =>
  z
    .record(z.string().regex(variable, { error: 'is not the name of a variable' }), value, {
      error: refusal('write a mapping of variables to values'),
    })
    .prefault({});

/** The variables of a program, as they are and as secrets. */
export const variablesOfProgram = {
  environment: variables(text('write text, in quotes where it is a number', /^[^\0]{0,4096}$/)),
  secrets: variables(secretRef('the value of this variable')),
};

/** Also for a variable that is written twice, once with its secret. */
export function judgeVariables(given: Unfinished): Finding[] {
  const { environment, secrets } = given;
  if (!isMapping(environment) || !isMapping(secrets)) return [];
  return Object.keys(environment)
    .filter((name) => Object.hasOwn(secrets, name))
    .map((name) => ({
      path: ['environment', name],
      message: 'is under secrets, too; write it once',
    }));
}

/** At most as many as a heartbeat and a list can show. */
export function named<Value extends z.ZodType>(what: string, value: Value) {
  return z
    .record(idPart(what), value, { error: refusal(`write a mapping of names to ${what}s`) })
    .refine((all) => Object.keys(all).length <= 100, {
      error: `has too many ${what}s; at most 100`,
    })
    .prefault({});
}
