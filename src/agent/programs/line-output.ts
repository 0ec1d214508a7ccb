import { StringDecoder } from 'node:string_decoder';
import { AgentError } from '../../contracts/kernel/agent-host.ts';
import { Redaction } from '../../policies/kernel/agents/redact.ts';
import type { Secret } from '../../specs/kernel/agent.ts';
import type { ProgramOutput } from './bounded-output.ts';

/** A line is collected whole before it is handed on. */
const mostLineLength = 64 * 1_048_576;

/** Hands on what a program writes line by line, without secrets, and keeps none of it. */
export class LineOutput implements ProgramOutput {
  readonly #onLine: (line: string) => void;
  readonly #mostLength: number;
  readonly #decoder = new StringDecoder('utf8');
  readonly #redaction: Redaction;
  readonly #failing = new AbortController();
  /** Of the line that has begun. */
  #parts: string[] = [];
  #length = 0;
  bytes = 0;
  /** Why no line is handed on any more: what `onLine` threw, or a line that is too long. */
  failure: Error | undefined;

  constructor(
    onLine: (line: string) => void,
    secrets: readonly Secret[],
    mostLength = mostLineLength,
  ) {
    this.#onLine = onLine;
    this.#mostLength = mostLength;
    this.#redaction = new Redaction(secrets);
  }

  /** Aborted with the failure: nobody needs the rest. */
  get failed(): AbortSignal {
    return this.#failing.signal;
  }

  push(chunk: Buffer): void {
    this.bytes += chunk.length;
    this.#attempt(() => this.#add(this.#redaction.push(this.#decoder.write(chunk))));
  }

  end(): void {
    this.#attempt(() => {
      this.#add(this.#redaction.push(this.#decoder.end()) + this.#redaction.end());
      if (this.#length > 0) this.#endLine();
    });
  }

  text(): string {
    return '';
  }

  #add(text: string): void {
    const [first = '', ...rest] = text.split('\n');
    this.#keep(first);
    for (const begun of rest) {
      this.#endLine();
      this.#keep(begun);
    }
  }

  #keep(part: string): void {
    this.#parts.push(part);
    this.#length += part.length;
    if (this.#length <= this.#mostLength) return;
    const most = `${Math.floor(this.#mostLength / 1_048_576)} MiB`;
    throw new AgentError('refused', `a line is longer than ${most}, which an agent does not read`);
  }

  #endLine(): void {
    const line = this.#parts.join('');
    this.#parts = [];
    this.#length = 0;
    this.#onLine(line);
  }

  /** Whoever pushes is a stream: what is thrown here would end the agent. */
  #attempt(act: () => void): void {
    if (this.failure !== undefined) return;
    try {
      act();
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error));
      this.#parts = [];
      this.#failing.abort();
    }
  }
}
