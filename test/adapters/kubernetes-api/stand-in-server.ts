import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import { onTestFinished } from 'vitest';
import {
  createClusterApi,
  type ClusterApiOptions,
  type OwnedClusterApi,
} from '../../../src/adapters/kubernetes-api/create-cluster-api.ts';

export interface Asked {
  method: string;
  url: URL;
  headers: IncomingMessage['headers'];
}

/** An API server for the misbehaviour that a real one cannot be asked for. */
export interface StandInServer {
  /** Every request so far, watches apart. */
  asked: Asked[];
  watches: OpenWatch[];
  /** Connections ever opened. */
  connections: number;
  /** What answers everything but a watch; a list of nothing unless set. */
  answer: (asked: Asked, response: ServerResponse) => void;
  /** What answers a watch that is to be refused; accepted while undefined. */
  refuseWatch: ((response: ServerResponse) => void) | undefined;
  api(options?: Partial<ClusterApiOptions>): OwnedClusterApi;
}

export interface OpenWatch {
  query: URLSearchParams;
  send(type: string, object: object): void;
  /** Ends as a server does at its time limit. */
  end(): void;
  /** Breaks as a network does. */
  cut(): void;
}

export function reply(response: ServerResponse, code: number, body: object, headers = {}): void {
  response.writeHead(code, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

export function listing(resourceVersion: string, items: object[] = []): object {
  return { kind: 'List', metadata: { resourceVersion }, items };
}

export async function startStandIn(): Promise<StandInServer> {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://stand-in');
    const asked = { method: request.method ?? '', url, headers: request.headers };
    if (url.searchParams.has('watch')) {
      takeWatch(url, response);
      return;
    }
    standIn.asked.push(asked);
    standIn.answer(asked, response);
  });
  const takeWatch = (url: URL, response: ServerResponse) => {
    if (standIn.refuseWatch) {
      standIn.refuseWatch(response);
      return;
    }
    response.writeHead(200).flushHeaders();
    standIn.watches.push({
      query: url.searchParams,
      send: (type, object) => response.write(`${JSON.stringify({ type, object })}\n`),
      end: () => response.end(),
      cut: () => response.destroy(),
    });
  };
  server.on('connection', (socket) => {
    standIn.connections++;
    sockets.add(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const standIn: StandInServer = {
    asked: [],
    watches: [],
    connections: 0,
    answer: (_, response) => reply(response, 200, listing('1')),
    refuseWatch: undefined,
    api: (options) => {
      const api = createClusterApi({
        access: accessTo(`http://127.0.0.1:${port}`),
        version: '1.2.3',
        rate: { qps: 1000, burst: 1000 },
        ...options,
      });
      onTestFinished(() => api.close());
      return api;
    },
  };
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return standIn;
}

function accessTo(server: string): ClusterApiOptions['access'] {
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromOptions({
    clusters: [{ name: 'stand-in', server, skipTLSVerify: true }],
    users: [{ name: 'belay', token: 'hunter2' }],
    contexts: [{ name: 'stand-in', cluster: 'stand-in', user: 'belay' }],
    currentContext: 'stand-in',
  });
  return { context: 'stand-in', server, kubeconfig };
}
