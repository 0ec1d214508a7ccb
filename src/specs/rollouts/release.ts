import * as z from 'zod';
import type { Finding, Unfinished } from '../kernel/finding.ts';
import { isMapping, judgedBy } from '../kernel/finding.ts';
import { refusal } from '../kernel/given.ts';
import { kubernetesReleaseKeys } from './kubernetes-release.ts';
import type { TemplatePatchStep } from './template-patch.ts';
import { duration, listOf, mapping, text, wholeNumber } from '../kernel/written.ts';

/**
 * A release as replicas run it. On the local platform exactly one of `command` and `inProcess`;
 * on Kubernetes what changes in the pod template, or the kept revision that brings it back.
 */
export interface Release {
  version: string;
  /** Image of the only container. */
  image?: string;
  /** Images by container. */
  images?: Record<string, string>;
  /** Changes of the pod template (RFC 6902), paths from the template's root. */
  patch?: TemplatePatchStep[];
  /** Never written: a revision that the platform keeps, whole. */
  revision?: number;
  /** Program and arguments; started once per replica with PORT set. */
  command?: string[];
  /** Environment for the command, added to the platform's own PATH, HOME and PORT; on Kubernetes of the container that gets the image. */
  env?: Record<string, string>;
  /** Folder to start the command in; default: the folder the platform was started in. */
  workingDirectory?: string;
  /** A replica inside the platform's own process that only answers requests: for load benchmarks. */
  inProcess?: InProcessResponder;
}

export interface InProcessResponder {
  /** HTTP status of every answer, 200 by default. */
  status: number;
}

export interface ReadinessSpec {
  /** HTTP path that must answer below 400; absent: the port must accept a connection. */
  path?: string;
  /** How long all desired replicas may take to become ready. */
  deadlineMs: number;
}

const anyText = text('write text without NUL', /^[^\0]*$/);
const variableName = z.string().regex(/^[A-Za-z_]\w*$/, {
  error:
    'is not the name of an environment variable; use letters, digits and _, and no digit first',
});

const version = () =>
  text(acceptedVersion, /^\S{1,128}$/).describe(
    'Version of the release, such as v2, 1.4.0 or a commit.',
  );
export const acceptedVersion = 'write a version without spaces, at most 128 characters';

export const httpPath = () => text('write a path that begins with "/", such as /health', /^\/\S*$/);
export const httpStatus = () => wholeNumber(100, 599);

const localKeys = {
  command: listOf(
    anyText,
    'write the program and its arguments as a list, such as [node, server.js]',
  )
    .exactOptional()
    .describe('Local: program and arguments; started once per replica with PORT set.'),
  env: z
    .record(variableName, anyText, {
      error: refusal('write a mapping of names to text, such as { VERSION: v2 }'),
    })
    .exactOptional()
    .describe(
      'Environment variables of the command, or of the container that gets the image. Values are text: put numbers in quotes.',
    ),
  workingDirectory: text('write the path of a folder')
    .exactOptional()
    .describe(
      'Local: folder to start the command in. Default: the folder that the platform was started in.',
    ),
  inProcess: mapping({
    status: httpStatus()
      .prefault(200)
      .describe('HTTP status of every answer, 100 to 599. Default: 200.'),
  })
    .exactOptional()
    .describe(
      'Local, instead of command: replicas that only answer requests, for load benchmarks.',
    ),
};

/** A release that the local platform is given: complete. */
export const localReleaseSchema = mapping({ version: version(), ...localKeys }).check(
  judgedBy(judgeLocalRelease),
);

/** Any of these make a release: images may name its version, all else needs one. */
const leastKeys = [
  ['image'],
  ['images'],
  ...['command', 'inProcess', 'patch', 'env'].map((key) => ['version', key]),
];

/** As written in a spec, for any platform: which of its keys fit is judged beside the target. */
export const releaseSchema = mapping({
  version: version()
    .exactOptional()
    .describe(
      'Version of the release, such as v2, 1.4.0 or a commit. Default on Kubernetes: the tag of the image, or the first characters of its digest.',
    ),
  ...localKeys,
  ...kubernetesReleaseKeys,
})
  .meta({ anyOf: leastKeys.map((required) => ({ required })) })
  .describe('The release to roll out.');
export type WrittenRelease = z.output<typeof releaseSchema>;

export const readinessSchema = readinessWithin('5m');

/** Readiness whose deadline is this one unless it is written. */
export function readinessWithin(defaultDeadline: string) {
  return mapping({
    path: httpPath()
      .exactOptional()
      .describe(
        'Local: HTTP path that must answer below 400. Default: the port must accept a connection. On Kubernetes the probes of the pod decide.',
      ),
    deadline: duration(1_000)
      .prefault(defaultDeadline)
      .describe(
        `How long all replicas together may take to become ready. A duration. Default: ${defaultDeadline}.`,
      ),
  })
    .transform(({ deadline, ...rest }): ReadinessSpec => ({ ...rest, deadlineMs: deadline }))
    .prefault({})
    .describe('When a replica counts as ready.');
}

export function judgeLocalRelease({ command, inProcess, env }: Unfinished): Finding[] {
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
