import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A board of lamps behind HTTP: PUT and DELETE /<lamp>?run=&step=, refused where the step is older than the last. */
export class LampBoard {
  readonly lit = new Set<number>();
  /** Every act that had an effect. */
  readonly acts: string[] = [];
  /** Cannot be lit. */
  readonly broken = new Set<number>();
  /** Cannot be turned off. */
  readonly stuck = new Set<number>();
  /** Answers only once it is no longer in here. */
  readonly slow = new Set<number>();
  #lastStep = 0;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<LampBoard> {
    const server = createServer();
    const board = new LampBoard(server);
    server.on('request', ({ method = '', url = '' }, response) => {
      const { pathname, searchParams } = new URL(url, 'http://board');
      const lamp = Number(pathname.slice(1));
      const status = board.#switch(method, lamp, Number(searchParams.get('step')));
      void board.#untilAnswered(lamp).then(() => {
        response.writeHead(status).end(JSON.stringify([...board.lit]));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return board;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #untilAnswered(lamp: number): Promise<void> {
    while (this.slow.has(lamp)) await sleep(10);
  }

  #switch(method: string, lamp: number, step: number): number {
    if (step < this.#lastStep) return 409;
    const isOn = method === 'PUT';
    if ((isOn ? this.broken : this.stuck).has(lamp)) return 500;
    this.#lastStep = step;
    if (isOn === this.lit.has(lamp)) return 200;
    if (isOn) this.lit.add(lamp);
    else this.lit.delete(lamp);
    this.acts.push(`${lamp} ${isOn ? 'on' : 'off'}`);
    return 200;
  }
}
