import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ReplicaState } from '../../contracts/rollouts/platform.ts';

/** Nothing of the request has left the router if it was not connected: another replica may take it. */
export type AnswerOutcome = 'answered' | 'not-connected';

/** One copy of a release, from its start until it is retired. */
export interface Replica {
  readonly name: string;
  /** Whether the router may send it requests now. */
  readonly ready: boolean;
  state(): ReplicaState;
  /** Throws if the replica fails before its response began. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<AnswerOutcome>;
  /** Takes no more requests at once; resolves when the open ones are done and the replica is gone. */
  retire(): Promise<void>;
}
