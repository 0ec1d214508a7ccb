import { z } from 'zod';
import type { Finding, Unfinished } from './finding.ts';
import { isMapping, judgedBy } from './finding.ts';
import { refusal } from './given.ts';
import { duration, listOf, mapping, text, wholeNumber } from './written.ts';

/** A release as replicas run it. Exactly one of `command` and `inProcess`. */
export interface Release {
  version: string;
  /** Program and arguments; started once per replica with PORT set. */
  command?: string[];
  /** Environment for the command, added to the platform's own PATH, HOME and PORT. */
  env?: Record<string, string>;
  /** Folder to start the command in; default: the folder the platform was started in. */
  workingDirectory?: string;
  /** A replica inside the platform's own process that answers by itself: for load benchmarks. */
  inProcess?: InProcessResponder;
}

export interface InProcessResponder {
  /** HTTP status of every answer, 200 by default. */
  status: number;
}

export interface ReadinessSpec {
  /** HTTP path that must answer below 400; absent: the port must accept a connection. */
  path?: string;
  /** How long all wanted replicas may take to become ready. */
  deadlineMs: number;
}

const anyText = text('write text without NUL', /^[^\0]*$/);
const variableName = z.string().regex(/^[A-Za-z_]\w*$/, {
  error: 'is no name of an environment variable; letters, digits and _ make one, no digit first',
});

export const httpPath = () => text('write a path that begins with "/", such as /health', /^\/\S*$/);
export const httpStatus = () => wholeNumber(100, 599);

export const releaseSchema = mapping(
  {
    version: text('write a version without spaces, at most 128 characters', /^\S{1,128}$/).describe(
      'Name of the release, as people know it: v2, 1.4.0, a commit.',
    ),
    command: listOf(
      anyText,
      'write the program and its arguments as a list, such as [node, server.js]',
    )
      .exactOptional()
      .describe('Program and arguments; started once per replica with PORT set.'),
    env: z
      .record(variableName, anyText, {
        error: refusal('write a mapping of names to text, such as { VERSION: v2 }'),
      })
      .exactOptional()
      .describe('Environment variables of the command. Values are text: put numbers in quotes.'),
    workingDirectory: text('write the path of a folder')
      .exactOptional()
      .describe('Folder to start the command in. Default: the one the platform was started in.'),
    inProcess: mapping({
      status: httpStatus()
        .prefault(200)
        .describe('HTTP status of every answer, 100 to 599. Default: 200.'),
    })
      .exactOptional()
      .describe('In place of command: replicas that only answer, for load benchmarks.'),
  },
  {
    image: 'the local platform runs commands, not images; write command: [program, argument, …]',
  },
)
  .check(judgedBy(judgeRelease))
  .meta({ oneOf: [{ required: ['command'] }, { required: ['inProcess'] }] })
  .describe('What to bring out.');

export const readinessSchema = mapping({
  path: httpPath()
    .exactOptional()
    .describe('HTTP path that must answer below 400. Default: the port must accept a connection.'),
  deadline: duration(1_000)
    .prefault('5m')
    .describe('How long all replicas together may take to become ready. A duration. Default: 5m.'),
})
  .transform(({ deadline, ...rest }): ReadinessSpec => ({ ...rest, deadlineMs: deadline }))
  .prefault({})
  .describe('When a replica counts as ready.');

function judgeRelease({ command, inProcess, env }: Unfinished): Finding[] {
  const findings: Finding[] = [];
  if (command === undefined && inProcess === undefined) {
    findings.push({
      path: ['command'],
      message: 'missing; write the program and its arguments, such as [node, server.js]',
    });
  }
  if (command !== undefined && inProcess !== undefined) {
    findings.push({
      path: ['inProcess'],
      message: 'given together with command; a replica runs one of them, keep that',
    });
  }
  if (Array.isArray(command) && command[0] === '') {
    findings.push({ path: ['command', 0], message: 'empty; the program comes first' });
  }
  if (isMapping(env) && Object.hasOwn(env, 'PORT')) {
    findings.push({
      path: ['env', 'PORT'],
      message: 'the platform gives every replica a PORT of its own; leave it out',
    });
  }
  return findings;
}
