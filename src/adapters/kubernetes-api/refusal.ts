import { PlatformError } from '../../contracts/rollouts/platform.ts';
import { TestFailed } from './cluster-api.ts';
import { inWords, resources, type Address } from './kinds.ts';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'patch' | 'delete';

/** The parts of a request that an error message may show. */
export interface RequestAttempt extends Address {
  verb: Verb;
}

/** The object that the API server returns for an error: kind `Status`. */
export interface Status {
  kind?: string;
  status?: string;
  reason?: string;
  message?: string;
  code?: number;
  details?: {
    name?: string;
    uid?: string;
    causes?: { field?: string; message?: string }[];
    retryAfterSeconds?: number;
  };
}

export function readStatus(text: string): Status {
  try {
    return (JSON.parse(text) ?? {}) as Status;
  } catch {
    return {};
  }
}

class Unauthenticated extends PlatformError {
  constructor() {
    super(
      'unauthorized',
      'The API server does not accept the credentials of the kubeconfig; renew them',
    );
  }
}

/** The API server rejected the credentials: newer credentials may be accepted. */
export function isUnauthenticated(error: Error): boolean {
  return error instanceof Unauthenticated;
}

/** There is no object of this name, or it is another one now. */
class NoSuchObject extends PlatformError {
  constructor(message: string) {
    super('not-found', message);
  }
}

export function isNoSuchObject(error: unknown): boolean {
  return error instanceof NoSuchObject;
}

/** The typed error for a refusal that another attempt would also receive. */
export function refusalOf(attempt: RequestAttempt, code: number, status: Status): Error {
  switch (code) {
    case 401:
      return new Unauthenticated();
    case 403:
      return forbidden(attempt, status.message ?? '');
    case 404:
      return missing(attempt, status);
    case 409:
      return conflict(attempt, status);
    case 422:
      return invalid(attempt, status);
    default:
      return other(attempt, code, status);
  }
}

function forbidden(attempt: RequestAttempt, message: string): PlatformError {
  const quota = /exceeded quota: (?<quota>[^,]+)(?<figures>.*)/s.exec(message)?.groups;
  if (quota) {
    return new PlatformError(
      'conflict',
      `${titled(attempt)}: the quota "${quota['quota'] ?? ''}" has no room${quota['figures'] ?? ''}`,
    );
  }
  if (message.includes('being terminated')) {
    return new PlatformError('conflict', `${titled(attempt)}: the namespace is being deleted`);
  }
  // RBAC says "User X cannot VERB resource …"; other messages with 403 are about the object itself.
  if (message !== '' && !/ cannot \w+ resource /.test(message)) {
    return new PlatformError('invalid', `${titled(attempt)}: ${clipped(afterColon(message))}`);
  }
  return new PlatformError('unauthorized', lackingRole(attempt));
}

function lackingRole({ verb, kind, namespace }: RequestAttempt): string {
  const { group, isClusterScoped } = resources[kind];
  const everywhere = isClusterScoped ? 'of the cluster' : 'in all namespaces';
  const where = namespace === undefined ? everywhere : `in namespace ${namespace}`;
  const role = namespace === undefined ? 'ClusterRole' : `Role there`;
  return (
    `Belay needs ${verb} on ${kind} ${where}; give its ${role} ` +
    `apiGroups: ["${group}"], resources: ["${kind}"], verbs: ["${verb}"]`
  );
}

function conflict(attempt: RequestAttempt, status: Status): Error {
  const message = `${titled(attempt)}: ${messageOf(status)}`;
  if (/\bUID in (the )?precondition/i.test(status.message ?? '')) return new NoSuchObject(message);
  if (/\bResourceVersion in (the )?precondition/i.test(status.message ?? '')) {
    return new TestFailed(`${inWords(attempt)} has been written since it was read`);
  }
  return new PlatformError(
    'conflict',
    message,
    status.reason === 'AlreadyExists' ? { reason: 'already-exists' } : {},
  );
}

/** The API server has no reason of its own for an admission webhook that has side effects. */
function other(attempt: RequestAttempt, code: number, status: Status): PlatformError {
  const isUntriable = status.message?.includes('does not support dry run') === true;
  return new PlatformError(
    'invalid',
    `${titled(attempt)}: ${code}, ${messageOf(status)}`,
    isUntriable ? { reason: 'no-dry-run' } : {},
  );
}

function missing(attempt: RequestAttempt, status: Status): PlatformError {
  const { group, version, singular } = resources[attempt.kind];
  if (status.details?.name !== undefined) {
    return new NoSuchObject(`${titled(attempt)}: ${messageOf(status)}`);
  }
  return new PlatformError(
    'not-found',
    `The cluster does not know ${singular} (${group}/${version}); install its definition`,
  );
}

function invalid(attempt: RequestAttempt, status: Status): Error {
  const causes = status.details?.causes ?? [];
  if (causes.length > 0) {
    const lines = causes.map(({ field, message }) => `${field ?? ''}: ${withoutValue(message)}`);
    return new PlatformError('invalid', `${titled(attempt)}:\n  ${lines.join('\n  ')}`);
  }
  // A JSON patch that does not fit; the API server does not say which step failed.
  if (attempt.verb === 'patch') {
    return new TestFailed(`${inWords(attempt)} has changed since the patch was prepared`);
  }
  return new PlatformError('invalid', `${titled(attempt)}: ${messageOf(status)}`);
}

/** The API server repeats the refused value, up to the whole object: it must not be passed on. */
function withoutValue(message = 'refused'): string {
  const value =
    /^(?<what>(?:Invalid|Unsupported|Duplicate|Too long) value): (?:"(?:[^"\\]|\\.)*"|.*): /s;
  return clipped(message.replace(value, '$<what>: '));
}

function titled(attempt: RequestAttempt): string {
  return `The cluster refused to ${attempt.verb} ${inWords(attempt)}`;
}

/** Without the values that it repeats, which may be secret. */
export function messageOf({ message, reason }: Status): string {
  return clipped(withoutValue(message ?? reason ?? 'it gave no reason'));
}

function afterColon(message: string): string {
  return message.replace(/^.*? is forbidden: /s, '');
}

function clipped(text: string): string {
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
