import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { tracing } from '../telemetry/tracing.ts';
import type { AttemptLimits } from './attempt.ts';
import { describeNetworkError } from '../http/describe-network-error.ts';

export type PostOutcome =
  | { kind: 'answered'; status: number; retryAfter: string | undefined; text: string }
  /** Not a byte of the request left. */
  | { kind: 'unsent'; reason: string }
  | { kind: 'unanswered'; reason: string };

const mostAnswerBytes = 4_096;
const answerTextMs = 1_000;

/**
 * One POST of JSON on a connection of its own. The request is written only once that stands, TLS
 * included, so it is known of every failure whether anything was sent; fetch does not tell, and
 * may write to a kept connection that the other side is closing. Follows no redirect.
 */
export function postJson(
  url: URL,
  { body, headers = {} }: { body: string; headers?: Record<string, string> },
  { connectMs, attemptMs }: AttemptLimits,
): Promise<PostOutcome> {
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
      if (!isSent) fail('there was no connection in time');
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
  request.on('error', (error) => fail(describeNetworkError(error)));
  request.on('close', () => fail('the connection was closed without an answer'));
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

/** As much of an answer as is worth quoting, and as came soon. */
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
