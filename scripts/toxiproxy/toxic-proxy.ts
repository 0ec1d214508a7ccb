import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { freePort } from '../../src/embedded/ports.ts';
import { eventually } from '../programs/eventually.ts';

/** A real Toxiproxy with one proxy `shop` in front of an HTTP service. */
export class ToxicProxy {
  /** At once, unless it is another one. */
  answer: RequestListener = (_, response) => response.end('ok');
  readonly api: string;
  readonly url: string;
  /** Of the service itself. */
  readonly directUrl: string;
  readonly #program: string;
  readonly #ports: { api: number; listen: number; upstream: number };
  readonly #service = createServer((...request) => this.answer(...request));
  #process: ChildProcess | undefined;

  private constructor(program: string, ports: { api: number; listen: number; upstream: number }) {
    this.#program = program;
    this.#ports = ports;
    this.api = `http://127.0.0.1:${ports.api}`;
    this.url = `http://127.0.0.1:${ports.listen}/`;
    this.directUrl = `http://127.0.0.1:${ports.upstream}/`;
  }

  static async open(program: string): Promise<ToxicProxy> {
    const [api, listen, upstream] = [await freePort(), await freePort(), await freePort()];
    const proxy = new ToxicProxy(program, { api, listen, upstream });
    proxy.#service.listen(upstream, '127.0.0.1');
    await once(proxy.#service, 'listening');
    await proxy.start();
    return proxy;
  }

  async start(): Promise<void> {
    const { api, listen, upstream } = this.#ports;
    const args = ['-host', '127.0.0.1', '-port', String(api)];
    this.#process = spawn(this.#program, args, { stdio: 'ignore' });
    const body = {
      ...{ name: 'shop', listen: `127.0.0.1:${listen}`, upstream: `127.0.0.1:${upstream}` },
      enabled: true,
    };
    await eventually(async () => {
      const answer = await this.ask('POST', '/proxies', body);
      if (answer.status !== 201) throw new Error(`answered ${answer.status}`);
    });
  }

  /** What Toxiproxy has of the proxy, as a whole. */
  async state(): Promise<unknown> {
    return (await this.ask('GET', '/proxies/shop')).json();
  }

  ask(method: string, path: string, body?: object): Promise<Response> {
    return fetch(`${this.api}${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  /** How long a request of the test's own takes through the proxy; undefined where it fails. */
  async request(): Promise<number | undefined> {
    const sentAt = performance.now();
    try {
      const signal = AbortSignal.timeout(10_000);
      await (await fetch(this.url, { signal, headers: { connection: 'close' } })).text();
      return performance.now() - sentAt;
    } catch {
      return undefined;
    }
  }

  async kill(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (running?.exitCode !== null) return;
    const ended = once(running, 'exit');
    running.kill('SIGKILL');
    await ended;
  }

  async close(): Promise<void> {
    await this.kill();
    this.#service.closeAllConnections();
    this.#service.close();
  }
}
