import { StringDecoder } from 'node:string_decoder';
import { Redaction } from '../../policies/kernel/agents/redact.ts';
import type { Secret } from '../../specs/kernel/agent.ts';

/** Takes what a program writes. */
export type ProgramOutput = Pick<BoundedOutput, 'bytes' | 'push' | 'end' | 'text'>;

/** What a program writes: without secrets, and no more than this; of more, its beginning and its end. */
export class BoundedOutput {
  readonly #half: number;
  readonly #decoder = new StringDecoder('utf8');
  readonly #redaction: Redaction;
  readonly #head: Buffer[] = [];
  #headBytes = 0;
  #tail: Buffer[] = [];
  #tailBytes = 0;
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
    const leftOut = this.#shown - this.#headBytes - this.#tailBytes;
    if (leftOut <= 0) return Buffer.concat([...this.#head, ...this.#tail]).toString('utf8');
    const [head, tail] = [this.#head, this.#tail].map((part) =>
      Buffer.concat(part).toString('utf8'),
    );
    return `${head}\n[${leftOut} bytes left out]\n${tail}`;
  }

  #add(text: string): void {
    const added = Buffer.from(text);
    this.#shown += added.length;
    const first = added.subarray(0, this.#half - this.#headBytes);
    if (first.length > 0) this.#head.push(first);
    this.#headBytes += first.length;
    const rest = added.subarray(first.length);
    if (rest.length > 0) this.#tail.push(rest);
    this.#tailBytes += rest.length;
    this.#cutTail();
  }

  #cutTail(): void {
    while (this.#tailBytes > this.#half) {
      const [oldest = Buffer.alloc(0)] = this.#tail;
      const kept = oldest.subarray(this.#tailBytes - this.#half);
      this.#tailBytes -= oldest.length - kept.length;
      if (kept.length > 0) this.#tail[0] = kept;
      else this.#tail.shift();
    }
  }
}
