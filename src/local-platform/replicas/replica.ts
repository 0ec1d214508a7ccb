import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ProcessIdentity } from '../../processes/identity.ts';
import type { ReplicaState } from '../../contracts/rollouts/platform.ts';

/** `not-connected`: nothing of the request was sent, so another replica may take it. */
export type AnswerOutcome = 'answered' | 'not-connected';

/** One copy of a release, from its start to its retirement. */
export interface Replica {
  readonly name: string;
  /** Whether the router may send it requests. */
  readonly ready: boolean;
  state(): ReplicaState;
  /** Undefined where it is none, or none that runs. */
  process(): ProcessIdentity | undefined;
  /** Throws if the replica fails before its response began. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<AnswerOutcome>;
  /** Takes no new requests from now on; resolves when the open ones are done and the replica is gone. */
  retire(): Promise<void>;
}
