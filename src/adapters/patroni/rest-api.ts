import { readProgramSecrets } from '../../config/agent-file.ts';
import { AgentError } from '../../contracts/kernel/agent-host.ts';
import type { PatroniSettings } from '../../specs/kernel/clusters.ts';
import { describeNetworkError } from '../http/describe-network-error.ts';
import type { Exchange } from '../http/exchange.ts';

const readWithinMs = 3_000;
/** It answers once it has switched over, which is no proof: that is read from its servers meanwhile. */
const askWithinMs = 30_000;
const maxBytes = 1_000_000;
const shownLength = 300;

export interface RestAnswer {
  status: number;
  said: string;
}

/** The REST API of the Patroni of one cluster of this host. Its password is read anew each time. */
export class PatroniApi {
  readonly #cluster: string;
  readonly #settings: PatroniSettings;
  readonly #exchange: Exchange;

  constructor(cluster: string, settings: PatroniSettings, exchange: Exchange) {
    this.#cluster = cluster;
    this.#settings = settings;
    this.#exchange = exchange;
  }

  /** Throws AgentError `unfinished` where there is no answer, or none that can be read. */
  async read(path: string): Promise<unknown> {
    const { status, body } = await this.#send(path, readWithinMs, { method: 'GET' }).catch(
      (error: unknown) => {
        throw this.#unanswered(path, describeNetworkError(error));
      },
    );
    if (status !== 200) throw this.#unanswered(path, `status ${status}`);
    try {
      return JSON.parse(body) as unknown;
    } catch {
      throw this.#unanswered(path, 'what it answers is no JSON');
    }
  }

  /** Asks once. Without an answer nobody can say whether it was taken up. */
  async ask(path: string, body: Record<string, unknown>): Promise<RestAnswer | undefined> {
    const authorization = await this.#authorization();
    const request = {
      ...{ method: 'POST' as const, isWrite: true as const, body: JSON.stringify(body) },
      headers: { 'content-type': 'application/json', ...authorization },
    };
    try {
      const answer = await this.#send(path, askWithinMs, request);
      const { status, body: said } = answer;
      return { status, said: said.startsWith('<') ? '' : said.trim().slice(0, shownLength) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') return undefined;
      throw this.#unanswered(path, describeNetworkError(error));
    }
  }

  #send(
    path: string,
    withinMs: number,
    request: Omit<Parameters<Exchange>[1], 'signal' | 'maxBytes'>,
  ) {
    const url = new URL(path, this.#settings.url);
    return this.#exchange(url, { ...request, signal: AbortSignal.timeout(withinMs), maxBytes });
  }

  async #authorization(): Promise<Record<string, string>> {
    const { user, secrets } = this.#settings;
    if (user === undefined) return {};
    const read = await readProgramSecrets({ secrets });
    if (!read.ok) {
      const said = read.problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
      throw new AgentError('unfinished', `clusters.${this.#cluster}.patroni: ${said}`);
    }
    const password = read.secrets.find(({ name }) => name === 'PATRONI_RESTAPI_PASSWORD')?.value;
    const login = Buffer.from(`${user}:${password ?? ''}`).toString('base64');
    return { authorization: `Basic ${login}` };
  }

  #unanswered(path: string, why: string): AgentError {
    return new AgentError(
      'unfinished',
      `Patroni of cluster ${this.#cluster} does not say ${path}: ${why}`,
    );
  }
}
