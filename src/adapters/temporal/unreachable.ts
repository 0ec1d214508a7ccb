import type { TemporalEndpoint } from './endpoint.ts';

/** No Temporal server answered where one was expected. */
export class TemporalUnreachable extends Error {
  override readonly name = 'TemporalUnreachable';
  readonly endpoint: TemporalEndpoint;
  /** What to do; part of the message too. */
  readonly advice: string;

  constructor(endpoint: TemporalEndpoint, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(
      `No Temporal server answers at ${endpoint.address}, ${origin[endpoint.source]} (${why}). ` +
        advice[endpoint.source],
      { cause },
    );
    this.endpoint = endpoint;
    this.advice = advice[endpoint.source];
  }
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
