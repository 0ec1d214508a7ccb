import { readable, shorten } from '../notifications/bounded-text.ts';

export type Read<T> = { ok: true; value: T } | { ok: false; reason: string };

/** What people write is kept in the state, and in every answer to its query. */
const longestText = 500;
const longestName = 200;
const mostListed = 100;
const longestQuote = 60;
const longestReason = 1_500;

type Fields = Readonly<Record<string, unknown>>;

/** Collects everything that is wrong with a message, so that it can be refused with all of it at once. */
export class MessageFields {
  readonly problems: string[] = [];
  readonly #fields: Fields;

  constructor(given: unknown, known: readonly string[], example: string) {
    if (!isMapping(given)) {
      this.problems.push(`the input is ${quote(given)}; send an object like ${example}`);
      this.#fields = {};
      return;
    }
    this.#fields = given;
    for (const key of Object.keys(given)) {
      if (known.includes(key)) continue;
      this.problems.push(`${shorten(key, longestQuote)} is unknown; known are ${known.join(', ')}`);
    }
  }

  /** Undefined, with a problem, where it is missing or blank. */
  text(key: string, why: string, most = longestText): string {
    const text = this.optionalText(key, most);
    if (text === undefined && this.#fields[key] === undefined) {
      this.problems.push(`${key} is missing; ${why}`);
    }
    return text ?? '';
  }

  name(key: string, why: string): string {
    return this.text(key, why, longestName);
  }

  optionalText(key: string, most = longestText): string | undefined {
    const value = this.#fields[key];
    if (value === undefined) return undefined;
    if (typeof value !== 'string' || value.trim() === '') {
      this.problems.push(`${key} is ${quote(value)}; send text`);
      return undefined;
    }
    if (value.length > most) {
      this.problems.push(`${key} has ${value.length} characters; send at most ${most}`);
      return undefined;
    }
    return readable(value);
  }

  optionalCount(key: string): number | undefined {
    const value = this.#fields[key];
    if (value === undefined) return undefined;
    if (Number.isInteger(value) && Number(value) > 0) return Number(value);
    this.problems.push(`${key} is ${quote(value)}; send a whole number from 1 up`);
    return undefined;
  }

  optionalFlag(key: string): boolean {
    const value = this.#fields[key];
    if (value === undefined || typeof value === 'boolean') return value ?? false;
    this.problems.push(`${key} is ${quote(value)}; send true or false`);
    return false;
  }

  optionalList(key: string, most = mostListed, least = 1): unknown[] | undefined {
    const value = this.#fields[key];
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.length >= least && value.length <= most) {
      return value as unknown[];
    }
    this.problems.push(`${key} is ${quote(value)}; send a list of ${least} to ${most}`);
    return undefined;
  }

  optionalTexts(key: string, most = longestName): string[] | undefined {
    const list = this.optionalList(key);
    const isText = (one: unknown) => typeof one === 'string' && one !== '' && one.length <= most;
    if (list === undefined || list.every(isText)) return list as string[] | undefined;
    this.problems.push(`${key} is ${quote(list)}; send a list of texts`);
    return undefined;
  }

  optionalMapping(key: string): Fields | undefined {
    const value = this.#fields[key];
    if (value === undefined) return undefined;
    if (isMapping(value)) return value;
    this.problems.push(`${key} is ${quote(value)}; send an object`);
    return undefined;
  }

  has(key: string): boolean {
    return this.#fields[key] !== undefined;
  }

  read<T>(value: T): Read<T> {
    return this.problems.length === 0
      ? { ok: true, value }
      : { ok: false, reason: shorten(this.problems.join('; '), longestReason) };
  }
}

function isMapping(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function quote(given: unknown): string {
  return given === undefined ? 'nothing' : shorten(JSON.stringify(given), longestQuote);
}
