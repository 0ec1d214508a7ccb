import { StringDecoder } from 'node:string_decoder';
import { Redaction } from '../../policies/kernel/agents/redact.ts';
import type { Secret } from '../../specs/kernel/agent.ts';
import type { ProgramOutput } from './bounded-output.ts';

/** Hands on what a program writes line by line, without secrets, and keeps none of it. */
export class LineOutput implements ProgramOutput {
  readonly #onLine: (line: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  readonly #redaction: Redaction;
  #begun = '';
  bytes = 0;
  /** What `onLine` threw first: it is not called any more. */
  failure: Error | undefined;

  constructor(onLine: (line: string) => void, secrets: readonly Secret[]) {
    this.#onLine = onLine;
    this.#redaction = new Redaction(secrets);
  }

  push(chunk: Buffer): void {
    this.bytes += chunk.length;
    this.#add(this.#redaction.push(this.#decoder.write(chunk)));
  }

  end(): void {
    this.#add(this.#redaction.push(this.#decoder.end()) + this.#redaction.end());
    if (this.#begun !== '') this.#take(this.#begun);
    this.#begun = '';
  }

  text(): string {
    return '';
  }

  #add(text: string): void {
    const lines = `${this.#begun}${text}`.split('\n');
    this.#begun = lines.pop() ?? '';
    for (const line of lines) this.#take(line);
  }

  #take(line: string): void {
    if (this.failure !== undefined) return;
    try {
      this.#onLine(line);
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error));
    }
  }
}
