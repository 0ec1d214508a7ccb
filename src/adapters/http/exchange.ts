import { Agent, request as requestHttp, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent, request as requestHttps } from 'node:https';
import type { RefuseDestination } from '../../contracts/kernel/reach.ts';
import { tracing } from '../telemetry/tracing.ts';
import { checkedLookup } from './checked-lookup.ts';
import { destinationOf } from './destination-of.ts';
import { DestinationRefused } from './destination-refused.ts';
import { readBounded } from './read-bounded.ts';

export interface HttpRequest {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** It changes something, so it is never sent again by itself. */
  isWrite?: true;
  headers?: Record<string, string>;
  body?: string;
  /** Ends the request and the reading of its response. */
  signal: AbortSignal;
  /** The limit for the body, after decompression. With 0, the body is not awaited. */
  maxBytes: number;
}

export interface HttpAnswer {
  status: number;
  location?: string;
  /** As the server wrote it. */
  retryAfter?: string;
  body: string;
  /** False if the body was longer than the limit. */
  isWhole: boolean;
}

/**
 * One request and its response. Follows no redirect. Throws DestinationRefused, or the errors of
 * node:http. A request that only reads and is lost on a kept connection is sent once more.
 */
export type Exchange = (url: URL, request: HttpRequest) => Promise<HttpAnswer>;

const pooled = { keepAlive: true, timeout: 4_000, maxFreeSockets: 64 };

/**
 * Requests over its own connections. A destination is checked by its name before the lookup, and again
 * by the address of the connection, so that a name cannot change in between.
 */
export function openExchange(refuse: RefuseDestination = () => undefined): Exchange {
  const agents = { http: new Agent(pooled), https: new TlsAgent(pooled) };
  return async (url, request) => {
    const destination = destinationOf(url);
    const refusal = refuse(destination);
    if (refusal !== undefined) throw new DestinationRefused(refusal);
    const send = () => exchange(url, request, agents, checkedLookup(destination, refuse));
    try {
      return await send();
    } catch (error) {
      const mayRepeat = request.isWrite !== true && !request.signal.aborted;
      if (error instanceof StaleConnection && mayRepeat) return await send();
      throw error;
    }
  };
}

/** A kept connection that the other side closed before the request arrived. */
class StaleConnection extends Error {}

async function exchange(
  url: URL,
  { method = 'GET', headers = {}, body, signal, maxBytes }: HttpRequest,
  agents: { http: Agent; https: TlsAgent },
  lookup: ReturnType<typeof checkedLookup>,
): Promise<HttpAnswer> {
  const isTls = url.protocol === 'https:';
  const traced = tracing()?.request({ method, url });
  const request = (isTls ? requestHttps : requestHttp)(url, {
    method,
    agent: isTls ? agents.https : agents.http,
    lookup,
    signal,
    headers: {
      'user-agent': 'belay',
      'accept-encoding': 'gzip',
      ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
      ...traced?.headers,
      ...headers,
    },
  });
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.on('response', resolve);
      request.on('error', (error) =>
        reject(request.reusedSocket && isLost(error) ? new StaleConnection() : error),
      );
      request.end(body);
    });
    const { statusCode: status = 0, headers: answered } = response;
    traced?.answered(status);
    const read = await readBounded(response, maxBytes);
    if (!read.isWhole) request.destroy();
    const { location, 'retry-after': retryAfter } = answered;
    return {
      status,
      ...(location !== undefined && { location }),
      ...(retryAfter !== undefined && { retryAfter }),
      ...read,
    };
  } catch (error) {
    traced?.failed(signal.aborted ? 'timeout' : 'unanswered');
    request.destroy();
    throw error;
  }
}

function isLost(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ECONNRESET' || error.code === 'EPIPE';
}
