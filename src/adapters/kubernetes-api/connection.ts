import { createHash } from 'node:crypto';
import { request as httpRequest, type Agent, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { tracing } from '../telemetry/tracing.ts';
import { PlatformError } from '../../contracts/rollouts/platform.ts';
import type { Access } from './kubeconfig.ts';

export interface HttpCall {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  query?: Record<string, string>;
  contentType?: string;
  body?: unknown;
}

export interface CallEnd {
  /** Withdraws a request that waits for a connection; one that has a connection continues. */
  unsent: AbortSignal;
  sent: AbortSignal;
}

export interface Connection {
  /** Sends a request and returns when the status is known. `sent` also aborts the body. */
  open(call: HttpCall, end: CallEnd): Promise<IncomingMessage>;
  /** The same on a separate connection, for long responses. */
  openStream(call: HttpCall, signal: AbortSignal): Promise<IncomingMessage>;
  /** The API server rejected the credentials: reads them again before the next call. */
  renewCredentials(): void;
  close(): void;
}

interface Credentials {
  headers: Record<string, string>;
  agent: Agent;
  readAtMs: number;
}

/** Tokens and certificates rotate on disk; a credential plugin has its own cache. */
const credentialsMs = 10_000;
const tcpProbeMs = 30_000;
/** A burst shares these connections: a hundred concurrent TLS handshakes would be slower. */
const mostConnections = 16;

/** Kept-alive connections to one API server, with the credentials of the kubeconfig. */
export function createConnection(access: Access, userAgent: string): Connection {
  const agents = createAgents();
  let credentials: Promise<Credentials> | undefined;
  let closed = false;

  const read = async (): Promise<Credentials> => {
    const options = await readOptions(access);
    return {
      headers: headersOf(options),
      agent: agents.for(options),
      readAtMs: performance.now(),
    };
  };
  const current = async (): Promise<Credentials> => {
    credentials ??= read();
    const reading = credentials;
    try {
      const known = await reading;
      if (performance.now() - known.readAtMs < credentialsMs) return known;
    } catch (error) {
      if (credentials === reading) credentials = undefined;
      throw error;
    }
    if (credentials === reading) credentials = read();
    return await credentials;
  };

  const sendAs = (
    headers: Credentials['headers'],
    via: RequestOptions,
    call: HttpCall,
    unsent?: AbortSignal,
  ) => {
    if (closed) throw new Error('this connection is closed');
    const named = { ...headers, 'user-agent': userAgent, accept: 'application/json' };
    return send(access.server, call, { ...via, headers: named }, unsent);
  };

  return {
    open: async (call, { unsent, sent }) => {
      const { headers, agent } = await current();
      unsent.throwIfAborted();
      return await sendAs(headers, { agent, signal: sent }, call, unsent);
    },
    openStream: async (call, signal) => {
      const options = await readOptions(access);
      return await sendAs(headersOf(options), { agent: options.agent, signal }, call);
    },
    renewCredentials: () => {
      credentials = undefined;
    },
    close: () => {
      closed = true;
      agents.close();
    },
  };
}

async function readOptions({ context, kubeconfig }: Access): Promise<RequestOptions> {
  const options: RequestOptions = {};
  try {
    await kubeconfig.applyToHTTPSOptions(options);
    return options;
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new PlatformError(
      'unauthorized',
      `The credentials of context "${context}" cannot be read: ${why.slice(0, 200)}`,
    );
  }
}

function headersOf({ headers, auth }: RequestOptions): Record<string, string> {
  const basic = auth && `Basic ${Buffer.from(auth).toString('base64')}`;
  return {
    ...(headers as Record<string, string> | undefined),
    ...(basic && { authorization: basic }),
  };
}

/** One connection pool while the certificates stay the same. */
function createAgents() {
  let current: { agent: Agent; identity: string } | undefined;
  return {
    for: (options: RequestOptions): Agent => {
      const identity = identityOf(options);
      if (current?.identity !== identity) current = { identity, agent: keptAlive(options) };
      return current.agent;
    },
    close: () => current?.agent.destroy(),
  };
}

function identityOf({ ca, cert, key }: RequestOptions): string {
  const hash = createHash('sha256');
  for (const part of [ca, cert, key]) hash.update(JSON.stringify(part ?? null));
  return hash.digest('hex');
}

/** The client's agents support proxies and TLS, but open a connection for every request. */
function keptAlive({ agent }: RequestOptions): Agent {
  const kept = { keepAlive: true, keepAliveMsecs: tcpProbeMs, maxSockets: mostConnections };
  return Object.assign(agent as Agent, kept);
}

function send(
  server: string,
  call: HttpCall,
  options: RequestOptions,
  unsent?: AbortSignal,
): Promise<IncomingMessage> {
  const url = new URL(server.replace(/\/$/, '') + call.path);
  const traced = tracing()?.request({ method: call.method, url: new URL(url) });
  for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);
  const body = call.body === undefined ? undefined : JSON.stringify(call.body);
  const headers = {
    ...(options.headers as Record<string, string>),
    ...traced?.headers,
    ...(body !== undefined && {
      'content-type': call.contentType ?? 'application/json',
      'content-length': String(Buffer.byteLength(body)),
    }),
  };
  return new Promise((resolve, reject) => {
    const start = url.protocol === 'http:' ? httpRequest : httpsRequest;
    const request = start(url, { ...options, method: call.method, headers }, (response) => {
      traced?.answered(response.statusCode ?? 0);
      resolve(response);
    });
    // A request that waits for a connection receives its abort only when it has one.
    const withdraw = () => {
      traced?.failed('withdrawn');
      request.destroy();
      reject(unsent?.reason as Error);
    };
    const go = () => unsent?.removeEventListener('abort', withdraw);
    unsent?.addEventListener('abort', withdraw);
    request
      .on('socket', (socket) => {
        go();
        socket.setKeepAlive(true, tcpProbeMs);
      })
      .on('close', go)
      .on('error', (error) => {
        traced?.failed((error as NodeJS.ErrnoException).code ?? error.name);
        reject(error);
      })
      .end(body);
  });
}
