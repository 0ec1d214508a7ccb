import type { Guard, CallResult, CallHealth } from '../../../contracts/kernel/breakers.ts';
import { SourceError } from '../../../contracts/rollouts/metric-reader.ts';
import { BreakerOpen } from '../../breakers/breaker-open.ts';
import { unguarded } from '../../breakers/unguarded.ts';
import { describeNetworkError } from '../../http/describe-network-error.ts';
import { describeRetryAfter } from '../../http/describe-retry-after.ts';
import { DestinationRefused } from '../../http/destination-refused.ts';
import type { Exchange, HttpAnswer } from '../../http/exchange.ts';
import { parseAddress } from './address.ts';
import { parseAnswer, type Answer } from './answer.ts';
import { readToken } from './read-token.ts';

export interface Query {
  text: string;
  /** Unix seconds by the server's own clock; absent: when the server evaluates it. */
  atS?: number;
}

/** The time limit of a query: the signal ends the request, and the server receives the timeout. */
export interface QueryLimit {
  signal: AbortSignal;
  timeoutMs: number;
}

export type SendQuery = (query: Query, limit: QueryLimit) => Promise<Answer>;

export interface QueryClientOptions {
  address: string;
  /** A file with a bearer token. */
  tokenFile?: string;
  /** Whose series a server for several tenants returns. */
  tenant?: string;
  longestAnswerBytes?: number;
  guard?: Guard | undefined;
  exchange: Exchange;
  /**
   * Whether messages may quote the server's responses. False if the author of a spec chose the
   * server, because they may not be allowed to read what it returns.
   */
  quotesAnswers: boolean;
}

/** There was no response: a smaller query would not help. */
export class Unanswered extends SourceError {}

/** The response is not that of a working Prometheus. */
class Broken extends SourceError {}

export interface QueryClient {
  /** The address, as messages show it. */
  shown: string;
  send: SendQuery;
}

/** Queries one server's HTTP API. Every failure is a SourceError that names the server and no secret. */
export function createQueryClient({
  address,
  tokenFile,
  tenant,
  longestAnswerBytes = 16 * 1024 * 1024,
  guard = unguarded,
  exchange,
  quotesAnswers,
}: QueryClientOptions): QueryClient {
  const { shown, queryUrl, basic } = parseAddress(address);
  const server = `Prometheus at ${shown}`;

  const authorization = async (): Promise<Record<string, string>> => {
    if (tokenFile !== undefined) return { authorization: `Bearer ${await readToken(tokenFile)}` };
    return basic === undefined ? {} : { authorization: `Basic ${basic}` };
  };

  const ask = async (
    { text, atS }: Query,
    { signal, timeoutMs }: QueryLimit,
    headers: Record<string, string>,
  ): Promise<Answer> => {
    const form = new URLSearchParams({ query: text, timeout: `${timeoutMs}ms` });
    if (atS !== undefined) form.set('time', String(atS));
    const answer = await exchange(new URL(queryUrl), {
      method: 'POST',
      headers: {
        ...headers,
        ...(tenant !== undefined && { 'x-scope-orgid': tenant }),
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: form.toString(),
      signal,
      maxBytes: longestAnswerBytes,
    }).catch((error: unknown) => {
      if (signal.aborted) throw outOfTime(shown, timeoutMs);
      if (error instanceof DestinationRefused) {
        throw new SourceError(
          `${server} ${error.message}; BELAY_METRICS_HOSTS lists the hosts that may be queried`,
        );
      }
      throw new Unanswered(`${server} did not answer: ${describeNetworkError(error)}`);
    });
    if (!answer.isWhole) {
      throw new SourceError(
        `the response of ${server} is longer than ${longestAnswerBytes} bytes; query fewer series`,
      );
    }
    return understand(server, answer, quotesAnswers);
  };
  const send: SendQuery = async (query, limit) => {
    const headers = await authorization();
    try {
      return await guard(() => ask(query, limit, headers), judgeAnswer);
    } catch (error) {
      throw error instanceof BreakerOpen ? new Unanswered(error.message, { cause: error }) : error;
    }
  };
  return { shown, send };
}

/** A server that rejects a query is healthy. */
function judgeAnswer(outcome: CallResult<Answer>): CallHealth {
  if ('value' in outcome) return 'ok';
  const { error } = outcome;
  if (error instanceof Unanswered || error instanceof Broken) return { failed: error.message };
  return error instanceof SourceError ? 'ok' : 'ignored';
}

export function outOfTime(shown: string, timeoutMs: number): Unanswered {
  return new Unanswered(`Prometheus at ${shown} did not answer within ${timeoutMs} ms`);
}

const mostWords = 500;

function understand(server: string, answered: HttpAnswer, quotesAnswers: boolean): Answer {
  const { status, body } = answered;
  const answer = parseAnswer(body);
  if (answer?.ok) return quotesAnswers ? answer : withoutQuotes(answer);
  if (answer) {
    const said = describeRefusal(answer, quotesAnswers);
    throw new SourceError(`${server} rejected the query: ${said}${describeRetryAfter(answered)}`);
  }
  if (status === 401 || status === 403) {
    throw new SourceError(`${server} rejected the credentials (${status}); check the token file`);
  }
  if (status >= 300 && status < 400) {
    throw new SourceError(`${server} redirects, which is not followed; write the final address`);
  }
  const refused = `${server} returned ${status} and a body that is not the Prometheus API${describeRetryAfter(answered)}`;
  throw status >= 500 || status === 429 ? new Broken(refused) : new SourceError(refused);
}

/** The names that the HTTP API uses. */
const errorTypes = [
  'bad_data',
  'canceled',
  'execution',
  'internal',
  'not_acceptable',
  'not_found',
  'timeout',
  'unavailable',
];

function describeRefusal(
  { errorType, error }: { errorType: string; error: string },
  quotesAnswers: boolean,
): string {
  if (quotesAnswers) return `${errorType}: ${error}`.replace(/\s+/g, ' ').slice(0, mostWords);
  return errorTypes.includes(errorType) ? errorType : 'unknown error';
}

function withoutQuotes({ result, warnings }: Answer): Answer {
  const hidden =
    'series' in result
      ? { ...result, series: result.series.map((each) => ({ ...each, isHidden: true as const })) }
      : result;
  return { result: hidden, warnings: unquoted(warnings) };
}

function unquoted(warnings: readonly string[]): string[] {
  const [count, s] = [warnings.length, warnings.length === 1 ? '' : 's'];
  return count === 0 ? [] : [`${count} warning${s}, not shown because the spec names the server`];
}
