import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ReplicaState } from '../../contracts/rollouts/platform.ts';
import type { InProcessResponder } from '../../specs/rollouts/release.ts';
import type { AnswerOutcome, Replica } from './replica.ts';

/** A replica without a process or a socket: the router itself sends its responses. */
export class InProcessReplica implements Replica {
  readonly name: string;
  readonly #version: string;
  readonly #responder: InProcessResponder;
  #retired = false;

  constructor(name: string, version: string, responder: InProcessResponder) {
    this.name = name;
    this.#version = version;
    this.#responder = responder;
  }

  get ready(): boolean {
    return !this.#retired;
  }

  state(): ReplicaState {
    return { name: this.name, ready: this.ready, restarts: 0 };
  }

  process(): undefined {
    return undefined;
  }

  async answer(_request: IncomingMessage, response: ServerResponse): Promise<AnswerOutcome> {
    response.writeHead(this.#responder.status, { 'content-type': 'application/json' });
    response.end(`${JSON.stringify({ version: this.#version, replica: this.name })}\n`);
    return 'answered';
  }

  async retire(): Promise<void> {
    this.#retired = true;
  }
}
