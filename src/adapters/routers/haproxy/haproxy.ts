import { setTimeout as sleep } from 'node:timers/promises';
import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import type { NodeAddress } from '../../../contracts/recovery/database-node.ts';
import type { RouteFacts, RouteTarget } from '../../../contracts/recovery/routes.ts';
import type { HaproxySettings } from '../../../specs/kernel/routers.ts';
import { checkServer, WrongServer } from '../check-server.ts';
import { isSame, refuseSwitch } from '../refuse-switch.ts';
import type { HoldingRouter } from '../router.ts';
import { cannotPause, examineHaproxy, findObstacles } from './examine.ts';
import { RouterMemory } from './memory.ts';
import { countClients, readBackend } from './read-backend.ts';
import { askHaproxy } from './runtime-api.ts';

const checkWithinMs = 2_000;
/** Its own health checks may take a while to see the new server. */
const servesWithinMs = 8_000;
const endsWithinMs = 2_000;
const betweenMs = 50;

/**
 * Leads the clients of an HAProxy by its runtime API: by the address of one server of one backend. What is
 * changed that way lasts until HAProxy is reloaded, so its owner lets it load its state.
 */
export class Haproxy implements HoldingRouter {
  readonly #settings: HaproxySettings;
  readonly #memory: RouterMemory;

  /** `folder`: of the router, in the agent's state. */
  constructor(settings: HaproxySettings, folder: string) {
    this.#settings = settings;
    this.#memory = new RouterMemory(folder);
  }

  async examine(servers: readonly NodeAddress[] = []): Promise<RouteFacts> {
    return examineHaproxy(this.#settings, await this.#memory.read(), servers);
  }

  pause(): Promise<RouteFacts> {
    return Promise.reject(new AgentError('refused', cannotPause));
  }

  async cut(): Promise<RouteFacts> {
    const { server } = await readBackend(this.#settings);
    if (!server.isHeld) {
      await this.#memory.hold();
      await this.#set('state maint');
    }
    await this.#endSessions();
    return this.examine();
  }

  async switch(from: NodeAddress, to: RouteTarget): Promise<RouteFacts> {
    const { check } = this.#settings;
    const shown = await readBackend(this.#settings);
    const { led, isHeldByUs } = await this.#memory.read();
    const obstacles = findObstacles(this.#settings, shown, isHeldByUs === true);
    if (obstacles.length > 0) throw new AgentError('refused', obstacles.join('; '));
    const { server } = shown;
    const entry = { name: this.#name, address: server.address };
    refuseSwitch({ entries: [entry], generation: led }, from, to);
    const asked = { database: check.database, login: check, withinMs: checkWithinMs };
    await checkServer({ at: to.address, ...asked }, to);
    const isLed = isSame(server.address, to.address);
    await this.#memory.hold(to);
    if (!isLed) {
      if (!server.isHeld) await this.#set('state maint');
      await this.#set(`addr ${to.address.host} port ${to.address.port}`);
    }
    // Also what a first attempt did not come to. Whoever has connected since it was let through stays.
    if (!isLed || server.isHeld) await this.#endSessions();
    await this.#release(to.address);
    await this.#untilServed(to);
    return this.examine();
  }

  async resume(to: RouteTarget | undefined): Promise<RouteFacts> {
    const { isHeldByUs } = await this.#memory.read();
    if (isHeldByUs) await this.#release(to?.address);
    if (to !== undefined) {
      await this.#requireLed(to.address);
      await this.#untilServed(to);
    }
    return this.examine();
  }

  forgetHeld(): Promise<void> {
    return this.#memory.release();
  }

  get #name(): string {
    return `${this.#settings.backend}/${this.#settings.server}`;
  }

  async #endSessions(): Promise<void> {
    const endsAtMs = Date.now() + endsWithinMs;
    await askHaproxy(this.#settings.socket, `shutdown sessions server ${this.#name}`);
    for (;;) {
      const { active } = await countClients(this.#settings);
      if (active === 0) return;
      if (Date.now() > endsAtMs) {
        throw new AgentError('unfinished', `${active} connections of ${this.#name} have not ended`);
      }
      await sleep(betweenMs);
    }
  }

  async #release(to: NodeAddress | undefined): Promise<void> {
    if (to !== undefined) await this.#requireAddress(to);
    await this.#set('state ready');
    const { server } = await readBackend(this.#settings);
    if (server.isHeld) {
      throw new AgentError(
        'unfinished',
        `${this.#name} is still in maintenance: see show servers state`,
      );
    }
    await this.#memory.release();
  }

  async #requireLed(to: NodeAddress): Promise<void> {
    await this.#requireAddress(to);
    const { server } = await readBackend(this.#settings);
    if (!server.isHeld) return;
    throw new AgentError('unfinished', `${this.#name} is in maintenance, and not by Belay`);
  }

  async #requireAddress(to: NodeAddress): Promise<void> {
    const { address } = (await readBackend(this.#settings)).server;
    if (isSame(address, to)) return;
    throw new AgentError(
      'unfinished',
      `${this.#name} leads to ${address.host}:${address.port}, and not to ${to.host}:${to.port}`,
    );
  }

  /** Clients of another server would write where nobody expects it. */
  async #untilServed(to: RouteTarget): Promise<void> {
    const { host, port, check } = this.#settings;
    const at = { host, port, isPooler: true as const };
    const endsAtMs = Date.now() + servesWithinMs;
    for (;;) {
      try {
        await checkServer(
          { at, database: check.database, login: check, withinMs: checkWithinMs },
          to,
        );
        return;
      } catch (error) {
        if (error instanceof WrongServer) await this.cut();
        if (error instanceof WrongServer || Date.now() > endsAtMs) throw error;
      }
      await sleep(betweenMs);
    }
  }

  async #set(what: string): Promise<void> {
    await askHaproxy(this.#settings.socket, `set server ${this.#name} ${what}`);
  }
}
