import type { Guard, Outcome, Sign } from '../../../contracts/breakers.ts';
import { SourceError } from '../../../contracts/metric-reader.ts';
import { BreakerOpen } from '../../breakers/breaker-open.ts';
import { unguarded } from '../../breakers/unguarded.ts';
import { parseAddress } from './address.ts';
import { parseAnswer, type Answer } from './answer.ts';
import { readBounded } from './read-bounded.ts';
import { readToken } from './read-token.ts';

export interface Query {
  text: string;
  /** Unix seconds by the server's own clock; absent: when it gets to it. */
  atS?: number;
}

/** How long may be waited: the signal ends it, and the server is told the time. */
export interface Patience {
  signal: AbortSignal;
  timeoutMs: number;
}

export type SendQuery = (query: Query, patience: Patience) => Promise<Answer>;

export interface QueryClientOptions {
  address: string;
  /** Holds a bearer token. */
  tokenFile?: string;
  longestAnswerBytes?: number;
  guard?: Guard | undefined;
}

/** Nobody answered: asking for less would not help. */
export class Unanswered extends SourceError {}

/** Something answered that is not Prometheus, or not well. */
class Broken extends SourceError {}

export interface QueryClient {
  /** For messages. */
  shown: string;
  send: SendQuery;
}

/** Of one server's HTTP API. Every failure is a SourceError that names the server and no secret. */
export function createQueryClient({
  address,
  tokenFile,
  longestAnswerBytes = 16 * 1024 * 1024,
  guard = unguarded,
}: QueryClientOptions): QueryClient {
  const { shown, queryUrl, basic } = parseAddress(address);
  const server = `Prometheus at ${shown}`;

  const authorization = async (): Promise<Record<string, string>> => {
    if (tokenFile !== undefined) return { authorization: `Bearer ${await readToken(tokenFile)}` };
    return basic === undefined ? {} : { authorization: `Basic ${basic}` };
  };

  const ask = async (
    { text, atS }: Query,
    { signal, timeoutMs }: Patience,
    headers: Record<string, string>,
  ): Promise<Answer> => {
    const form = new URLSearchParams({ query: text, timeout: `${timeoutMs}ms` });
    if (atS !== undefined) form.set('time', String(atS));
    const asked = { method: 'POST', headers, body: form, redirect: 'manual', signal } as const;
    const unanswered = (error: unknown) => {
      throw signal.aborted
        ? outOfTime(shown, timeoutMs)
        : new Unanswered(`${server} does not answer: ${rootMessage(error)}`);
    };
    const response = await fetch(queryUrl, asked).catch(unanswered);
    const body = await readBounded(response, longestAnswerBytes).catch(unanswered);
    if (body === undefined) {
      throw new SourceError(
        `the answer of ${server} is longer than ${longestAnswerBytes} bytes; ask for fewer series`,
      );
    }
    return understand(server, response, body);
  };
  const send: SendQuery = async (query, patience) => {
    const headers = await authorization();
    try {
      return await guard(() => ask(query, patience, headers), judgeAnswer);
    } catch (error) {
      throw error instanceof BreakerOpen ? new Unanswered(error.message, { cause: error }) : error;
    }
  };
  return { shown, send };
}

/** A server that refuses a query is well. */
function judgeAnswer(outcome: Outcome<Answer>): Sign {
  if ('value' in outcome) return 'well';
  const { error } = outcome;
  if (error instanceof Unanswered || error instanceof Broken) return { unwell: error.message };
  return error instanceof SourceError ? 'well' : 'neither';
}

export function outOfTime(shown: string, timeoutMs: number): Unanswered {
  return new Unanswered(`Prometheus at ${shown} does not answer within ${timeoutMs} ms`);
}

const mostWords = 500;

function understand(server: string, { status, headers }: Response, body: string): Answer {
  const answer = parseAnswer(body);
  if (answer?.ok) return answer;
  if (answer) {
    const said = `${answer.errorType}: ${answer.error}`.replace(/\s+/g, ' ').slice(0, mostWords);
    throw new SourceError(`${server} refuses: ${said}`);
  }
  if (status === 401 || status === 403) {
    throw new SourceError(`${server} refuses who asks (${status}); check the token file`);
  }
  if (status >= 300 && status < 400) {
    const elsewhere = headers.get('location') ?? '';
    const to = URL.canParse(elsewhere) ? ` to ${new URL(elsewhere).origin}` : '';
    throw new SourceError(`${server} redirects${to}; write the address that it has in the end`);
  }
  const refused = `${server} answers ${status} with what is no answer of Prometheus`;
  throw status >= 500 ? new Broken(refused) : new SourceError(refused);
}

/** fetch itself only ever says "fetch failed". */
function rootMessage(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return rootMessage(error.errors[0]);
  }
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : rootMessage(error.cause);
}
