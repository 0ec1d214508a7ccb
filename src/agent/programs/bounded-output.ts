import { StringDecoder } from 'node:string_decoder';
import { Redaction } from '../../policies/kernel/agents/redact.ts';
import type { Secret } from '../../specs/kernel/agent.ts';

/** What a program writes: without secrets, and no more than this; of more, its beginning and its end. */
export class BoundedOutput {
  readonly #half: number;
  readonly #decoder = new StringDecoder('utf8');
  readonly #redaction: Redaction;
  #head = Buffer.alloc(0);
  #tail = Buffer.alloc(0);
  #shown = 0;
  /** As they came. */
  bytes = 0;

  constructor(maxBytes: number, secrets: readonly Secret[]) {
    this.#half = Math.floor(maxBytes / 2);
    this.#redaction = new Redaction(secrets);
  }

  push(chunk: Buffer): void {
    this.bytes += chunk.length;
    this.#add(this.#redaction.push(this.#decoder.write(chunk)));
  }

  end(): void {
    this.#add(this.#redaction.push(this.#decoder.end()) + this.#redaction.end());
  }

  text(): string {
    const leftOut = this.#shown - this.#head.length - this.#tail.length;
    const parts = [this.#head, this.#tail];
    if (leftOut <= 0) return Buffer.concat(parts).toString('utf8');
    const [head, tail] = parts.map((part) => part.toString('utf8'));
    return `${head}\n[${leftOut} bytes left out]\n${tail}`;
  }

  #add(text: string): void {
    const added = Buffer.from(text);
    this.#shown += added.length;
    const room = this.#half - this.#head.length;
    this.#head = Buffer.concat([this.#head, added.subarray(0, room)]);
    const rest = Buffer.concat([this.#tail, added.subarray(room)]);
    this.#tail = rest.length > this.#half ? Buffer.from(rest.subarray(-this.#half)) : rest;
  }
}
