import { isGrpcServiceError } from '@temporalio/client';
import type { TemporalEndpoint } from './endpoint.ts';

type Place = Pick<TemporalEndpoint, 'address' | 'source'>;

const grpcPermissionDenied = 7;
const grpcUnauthenticated = 16;
/** The same two codes, in the words of the workers' native client. */
const turnedAwayWords = /valid authentication credentials|not have permission to execute/;

/** No Temporal server answered at the expected address, or it refused the credentials. */
export class TemporalUnreachable extends Error {
  override readonly name = 'TemporalUnreachable';
  /** Without what opens it: errors are printed whole. */
  readonly endpoint: Place;
  /** What to do; also part of the message. */
  readonly advice: string;

  /** `tlsTrouble`: what is wrong with the certificates, if known. */
  constructor({ address, source }: Place, cause: unknown, tlsTrouble?: string) {
    const root = rootOf(cause);
    const why = tlsTrouble ?? (root instanceof Error ? root.message : String(root));
    const isTurnedAway = isGrpcServiceError(root)
      ? [grpcPermissionDenied, grpcUnauthenticated].includes(Number(root.code))
      : turnedAwayWords.test(why);
    const todo = isTurnedAway
      ? 'Check TEMPORAL_API_KEY, TEMPORAL_NAMESPACE and the client certificate.'
      : tlsTrouble === undefined
        ? advice[source]
        : 'Check the TEMPORAL_TLS_* settings.';
    const what = isTurnedAway
      ? `The Temporal server at ${address} refuses these credentials`
      : `No Temporal server answers at ${address}, ${origin[source]}`;
    super(`${what} (${why}). ${todo}`, { cause });
    this.endpoint = { address, source };
    this.advice = todo;
  }
}

function rootOf(error: unknown): unknown {
  let root = error;
  while (root instanceof Error && root.cause !== undefined) root = root.cause;
  return root;
}

const origin = {
  settings: 'the address in the TEMPORAL_* settings',
  up: 'where `belay up` last started one',
  default: 'the usual place, as no TEMPORAL_* setting names a server and no `belay up` runs',
} as const;

const advice = {
  settings: 'Check TEMPORAL_ADDRESS, or the profile that TEMPORAL_PROFILE chooses.',
  up: 'Start it again with `belay up`.',
  default: 'Start one with `belay up`, or name one with TEMPORAL_ADDRESS=host:port.',
} as const;
