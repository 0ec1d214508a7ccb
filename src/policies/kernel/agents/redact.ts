import type { Secret } from '../../../specs/kernel/agent.ts';

/** Shorter text is too common to be looked for. */
export const shortestSecret = 8;
const shortestForm = 6;

/**
 * Removes secrets from text that arrives in pieces, also where one is cut in two: as they are, line
 * by line, and as JSON, URLs, base64 (at any offset in longer text) and hexadecimal digits show them.
 */
export class Redaction {
  readonly #marks: ReadonlyMap<string, string>;
  readonly #pattern: RegExp | undefined;
  readonly #longest: number;
  #held = '';

  constructor(secrets: readonly Secret[]) {
    const forms = secrets.flatMap(({ name, value }) =>
      formsOf(value).map((form) => [form, `[redacted ${name}]`] as const),
    );
    this.#marks = new Map(forms);
    const longestFirst = [...this.#marks.keys()].sort((a, b) => b.length - a.length);
    this.#longest = longestFirst[0]?.length ?? 0;
    this.#pattern =
      longestFirst.length === 0
        ? undefined
        : new RegExp(longestFirst.map((form) => escape(form)).join('|'), 'g');
  }

  /** What can be shown of the text so far; the rest is kept until more of it is known. */
  push(text: string): string {
    if (this.#pattern === undefined) return text;
    this.#held += text;
    return this.#release(this.#held.length - this.#longest);
  }

  /** The rest. */
  end(): string {
    return this.#pattern === undefined ? '' : this.#release(this.#held.length);
  }

  /** A text as a whole. */
  static of(text: string, secrets: readonly Secret[]): string {
    const redaction = new Redaction(secrets);
    return redaction.push(text) + redaction.end();
  }

  /** Secrets that begin up to this place are known to their end. */
  #release(last: number): string {
    let shown = '';
    let from = 0;
    for (const match of this.#held.matchAll(this.#pattern ?? /$^/g)) {
      if (match.index > last) break;
      shown += this.#held.slice(from, match.index) + (this.#marks.get(match[0]) ?? '');
      from = match.index + match[0].length;
    }
    const until = Math.max(from, Math.min(this.#held.length, last + 1));
    shown += this.#held.slice(from, until);
    this.#held = this.#held.slice(until);
    return shown;
  }
}

function formsOf(secret: string): string[] {
  const lines = secret.split(/\r?\n/).filter((line) => line.length >= shortestSecret);
  const forms = [secret, ...lines].flatMap((text) => {
    const bytes = Buffer.from(text);
    const url = encodeURIComponent(text);
    return [
      text,
      JSON.stringify(text).slice(1, -1),
      ...[url, url.replaceAll('%20', '+')].flatMap((form) => [form, lowerEscapes(form)]),
      ...alignedBase64(bytes),
      bytes.toString('hex'),
      bytes.toString('hex').toUpperCase(),
    ];
  });
  return [...new Set(forms)].filter((form) => form.length >= shortestForm);
}

/** The digits that stand for these bytes alone, for each place in a group of three. */
function alignedBase64(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    const first = Math.ceil((offset * 8) / 6);
    const end = Math.floor(((offset + bytes.length) * 8) / 6);
    const own = encoded.slice(first, end);
    return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

function lowerEscapes(url: string): string {
  return url.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}
