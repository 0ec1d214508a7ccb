import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { tracing } from '../telemetry/tracing.ts';
import type { RefuseDestination } from '../../contracts/kernel/reach.ts';
import { checkedLookup } from '../http/checked-lookup.ts';
import { describeNetworkError } from '../http/describe-network-error.ts';
import { DestinationRefused } from '../http/destination-refused.ts';
import { destinationOf } from '../http/destination-of.ts';
import type { AttemptLimits } from './attempt.ts';

export type PostOutcome =
  | { kind: 'answered'; status: number; retryAfter: string | undefined; text: string }
  /** No byte of the request was sent. */
  | { kind: 'unsent'; reason: string }
  | { kind: 'unanswered'; reason: string }
  /** The address is not allowed. No byte of the request was sent. */
  | { kind: 'refused'; reason: string };

export interface PostTools {
  limits: AttemptLimits;
  refuse: RefuseDestination;
}

const mostAnswerBytes = 4_096;
const answerTextMs = 1_000;

/**
 * One POST of JSON on a new connection. The request is written only after the connection, including
 * TLS, is established, so every failure shows whether anything was sent. `fetch` does not show that,
 * and may write to a kept connection that the other side is closing. Follows no redirect. The host is
 * checked by its name, and again by the address of the connection.
 */
export function postJson(
  url: URL,
  { body, headers = {} }: { body: string; headers?: Record<string, string> },
  { limits: { connectMs, attemptMs }, refuse }: PostTools,
): Promise<PostOutcome> {
  const destination = destinationOf(url);
  const refusal = refuse(destination);
  if (refusal !== undefined) return Promise.resolve(refusedFor(refusal));
  const { promise, resolve } = settleOnce<PostOutcome>();
  const isTls = url.protocol === 'https:';
  const traced = tracing()?.request({ method: 'POST', url, hidesPath: true });
  let isSent = false;

  const fail = (reason: string) => {
    const kind = isSent ? 'unanswered' : 'unsent';
    traced?.failed(kind);
    resolve({ kind, reason });
  };
  const request = (isTls ? requestHttps : requestHttp)(url, {
    method: 'POST',
    agent: false,
    lookup: checkedLookup(destination, refuse),
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'belay',
      ...traced?.headers,
      ...headers,
    },
  });
  const timers = [
    setTimeout(() => {
      if (!isSent) fail('no connection was established in time');
    }, connectMs),
    setTimeout(() => fail('it did not answer in time'), attemptMs),
  ];

  request.on('socket', (socket) => {
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      if (request.destroyed) return;
      isSent = true;
      request.end(body);
    });
  });
  request.on('error', (error) => {
    if (error instanceof DestinationRefused) {
      traced?.failed('refused');
      resolve(refusedFor(error.message));
    } else fail(describeNetworkError(error));
  });
  request.on('close', () => fail('the connection was closed without a response'));
  request.on('response', (response) => {
    const status = response.statusCode ?? 0;
    traced?.answered(status);
    const retryAfter = response.headers['retry-after'];
    const answer = (text: string) => resolve({ kind: 'answered', status, retryAfter, text });
    if (status >= 200 && status <= 299) answer('');
    else void readBeginning(response).then(answer);
  });

  return promise.finally(() => {
    for (const timer of timers) clearTimeout(timer);
    request.destroy();
  });
}

function refusedFor(refusal: string): PostOutcome {
  return { kind: 'refused', reason: `the receiver ${refusal}` };
}

/** The part of a response that is worth quoting and arrives soon. */
function readBeginning(response: IncomingMessage): Promise<string> {
  const { promise, resolve } = settleOnce<string>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  const finish = () => resolve(Buffer.concat(chunks).toString('utf8', 0, mostAnswerBytes));
  const timer = setTimeout(finish, answerTextMs);
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= mostAnswerBytes) finish();
  });
  response.on('error', finish);
  response.on('close', finish);
  return promise.finally(() => clearTimeout(timer));
}

function settleOnce<Value>() {
  let resolve: (value: Value) => void = () => {};
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
