import { request as ask, type Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Upstream } from '../contracts/chaos/track-front.ts';
import { NotConnected } from '../local-platform/router/connect-first-agent.ts';

/** Of a request or a response: Node takes a quarter of that by default, which is less than most servers take. */
export const largestHeaderBytes = 64 * 1024;

/**
 * `not-connected`: nothing of the request has been read. `reset`: the connection had been used before, and the pod has closed it;
 * the request may be sent again. `unpassable`: a pod has answered what cannot be passed on, and the caller's connection is closed.
 */
export type PassedOn = 'answered' | 'not-connected' | 'reset' | 'unpassable';

/** They are of one connection, and not of the request; or they announce what does not pass. */
const ofConnection = [
  ...['connection', 'proxy-connection', 'keep-alive', 'te', 'upgrade', 'expect', 'trailer'],
];
/** Without these, it would be another request. */
const framing = ['host', 'content-length', 'transfer-encoding'];
const repeatable = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'];
const withoutBody = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'DELETE'];

/**
 * Has a pod answer a request. The target, the headers, and the response pass as they came, and nobody waits for a limited
 * time: whoever calls knows how long that may take. Throws where no response began.
 */
export async function passOn(
  request: IncomingMessage,
  response: ServerResponse,
  to: Upstream & { agent: Agent },
): Promise<PassedOn> {
  const { method, url } = request;
  const sent = ask({
    ...{ ...to, method, path: url, headers: headersTo(request, to) },
    maxHeaderSize: largestHeaderBytes,
  });
  // A header that is left out here would be one that frames the request.
  sent.maxHeadersCount = 0;
  const leave = () => {
    if (!response.writableFinished) sent.destroy();
  };
  response.once('close', leave);
  const answering = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve).on('error', reject);
    // Not before there is a connection: where there is none, another pod gets the whole of it.
    sent.once('socket', () => {
      if (hasBody(request)) request.pipe(sent);
      else sent.end();
    });
  });
  let answer: IncomingMessage;
  try {
    answer = await answering;
  } catch (error) {
    response.off('close', leave);
    if (error instanceof NotConnected) return 'not-connected';
    const isReset = (error as NodeJS.ErrnoException).code === 'ECONNRESET';
    const mayRepeat = repeatable.includes(method ?? '') && !hasBody(request);
    if (isReset && sent.reusedSocket && mayRepeat && !response.destroyed) return 'reset';
    // What is left of it would hold up the connection that it came by.
    request.unpipe(sent);
    request.resume();
    throw error;
  }
  // That of the pod passes, where it sends one.
  response.sendDate = false;
  try {
    const headers = headersFrom(answer, request);
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, headers);
  } catch {
    sent.destroy();
    response.destroy();
    return 'unpassable';
  }
  // A pipeline adds seven of its own.
  response.setMaxListeners(0);
  try {
    await pipeline(answer, response);
  } finally {
    // A pod may have answered before it had the whole request.
    if (!sent.writableFinished) {
      request.unpipe(sent);
      request.resume();
      sent.destroy();
    }
  }
  return 'answered';
}

function headersTo(request: IncomingMessage, { host, port }: Upstream): string[] {
  const { headers, rawHeaders, method = '' } = request;
  const isEmpty = !hasBody(request) && headers['content-length'] === undefined;
  return [
    ...passable(rawHeaders, headers.connection),
    // Old clients need not name it.
    ...(headers.host === undefined ? ['Host', `${host}:${port}`] : []),
    ...(isEmpty && !withoutBody.includes(method) ? ['Content-Length', '0'] : []),
  ];
}

function headersFrom(answer: IncomingMessage, { httpVersion }: IncomingMessage): string[] {
  const { rawHeaders, headers } = answer;
  const passed = passable(rawHeaders, headers.connection);
  // Old clients read to the end of the connection.
  return httpVersion === '1.0' ? without(passed, ['transfer-encoding']) : passed;
}

function passable(raw: readonly string[], connection = ''): string[] {
  const named = connection.split(',').map((each) => each.trim().toLowerCase());
  return lengthLast(
    without(raw, [...ofConnection, ...named.filter((name) => !framing.includes(name))]),
  );
}

/** Where Node knows the length already, it takes the name of a file for text that it has to encode again. */
function lengthLast(raw: readonly string[]): string[] {
  const isLength = (index: number) => raw[index - (index % 2)]?.toLowerCase() === 'content-length';
  return [...raw.filter((_, at) => !isLength(at)), ...raw.filter((_, at) => isLength(at))];
}

/** Headers as they came: names and values in turn. */
function without(raw: readonly string[], left: readonly string[]): string[] {
  return raw.filter((_, index) => {
    const name = raw[index - (index % 2)] ?? '';
    return !left.includes(name.toLowerCase());
  });
}

function hasBody({ headers }: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = headers;
  return encoding !== undefined || (length !== undefined && length !== '0');
}
