/** The HTTP API of Toxiproxy, as its version 2 has it. */

/** One thing that is done to connections. */
export interface Toxic {
  name: string;
  type: 'latency' | 'reset_peer' | 'timeout';
  /** `downstream`: what the client gets; `upstream`: what it sends. */
  stream: 'upstream' | 'downstream';
  /** The share of connections that meet it. */
  toxicity: number;
  attributes: Readonly<Record<string, number>>;
}

export interface ToxicProxy {
  enabled: boolean;
  listen: string;
  upstream: string;
  toxics: readonly { name: string }[];
}

/** Toxiproxy did not answer, or not as its API says. `isGone`: nothing listens at its address. */
export class ToxiproxyError extends Error {
  override readonly name = 'ToxiproxyError';
  readonly isGone: boolean;

  constructor(message: string, { isGone = false }: { isGone?: boolean } = {}) {
    super(message);
    this.isGone = isGone;
  }
}

const withinMs = 5_000;

interface Answer {
  status: number;
  body: string;
}

/** A Toxiproxy at this address. All of it throws ToxiproxyError. */
export class Toxiproxy {
  readonly #address: string;

  constructor(address: string) {
    this.#address = address;
  }

  /** What Toxiproxy has of a proxy; undefined where it does not know the name. */
  async readProxy(proxy: string): Promise<ToxicProxy | undefined> {
    const answer = await this.#ask('GET', pathOf(proxy));
    if (answer.status === 404) return undefined;
    this.#require(answer, [200]);
    try {
      const { enabled, listen, upstream, toxics } = JSON.parse(answer.body) as ToxicProxy;
      return { enabled, listen, upstream, toxics: toxics.map(({ name }) => ({ name })) };
    } catch {
      throw new ToxiproxyError(`${this.#address} is no Toxiproxy`);
    }
  }

  /** Adds a toxic; right also where it is there already. */
  async addToxic(proxy: string, toxic: Toxic): Promise<void> {
    const answer = await this.#ask('POST', `${pathOf(proxy)}/toxics`, JSON.stringify(toxic));
    this.#require(answer, [200, 409]);
  }

  /** Removes a toxic; right also where it is gone already. */
  async removeToxic(proxy: string, name: string): Promise<void> {
    const path = `${pathOf(proxy)}/toxics/${encodeURIComponent(name)}`;
    this.#require(await this.#ask('DELETE', path), [204, 404]);
  }

  async #ask(method: string, path: string, body?: string): Promise<Answer> {
    try {
      const answer = await fetch(`${this.#address}${path}`, {
        ...{ method, redirect: 'error', signal: AbortSignal.timeout(withinMs) },
        ...(body !== undefined && { body, headers: { 'content-type': 'application/json' } }),
      });
      return { status: answer.status, body: await answer.text() };
    } catch (error) {
      const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
      const why = code ?? (error as Error).message;
      const message = `Toxiproxy at ${this.#address} does not answer (${why})`;
      throw new ToxiproxyError(message, { isGone: code === 'ECONNREFUSED' });
    }
  }

  #require({ status, body }: Answer, expected: readonly number[]): void {
    if (expected.includes(status)) return;
    const said = body.replaceAll(/\s+/g, ' ').slice(0, 200);
    throw new ToxiproxyError(`Toxiproxy at ${this.#address} answered ${status}: ${said}`);
  }
}

function pathOf(proxy: string): string {
  return `/proxies/${encodeURIComponent(proxy)}`;
}
