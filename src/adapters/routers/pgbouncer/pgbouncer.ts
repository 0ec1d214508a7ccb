import { setTimeout as sleep } from 'node:timers/promises';
import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import type { NodeAddress } from '../../../contracts/recovery/database-node.ts';
import type {
  RouteFacts,
  RouteTarget,
  SwitchRouteCall,
} from '../../../contracts/recovery/routes.ts';
import { replaceFile } from '../../../processes/replace-file.ts';
import type { PgBouncerSettings } from '../../../specs/kernel/routers.ts';
import { SilentServer, type Session } from '../../postgres/sql/session.ts';
import type { Router } from '../router.ts';
import { checkServer, WrongServer } from '../check-server.ts';
import { consoleWithinMs, showDatabases, untilServed, withConsole } from './console.ts';
import { changeEntries, readGeneration } from './databases-file.ts';
import { examinePgBouncer, readConfiguration, requireEntries } from './examine.ts';
import { isSame, refuseSwitch } from '../refuse-switch.ts';

const reloadWithinMs = 5_000;
const checkWithinMs = 2_000;
/** Of clients that wait, for a connection to the server. */
const waitWithinMs = 1_000;
const betweenMs = 20;

/** Leads the clients of a PgBouncer: by its admin console, and by the file with its `[databases]`. */
export class PgBouncer implements Router {
  readonly #settings: PgBouncerSettings;

  constructor(settings: PgBouncerSettings) {
    this.#settings = settings;
  }

  examine(servers: readonly NodeAddress[] = []): Promise<RouteFacts> {
    return examinePgBouncer(this.#settings, servers);
  }

  async pause(withinMs: number): Promise<RouteFacts> {
    try {
      await withConsole(this.#settings, withinMs, (session) => this.#each(session, 'PAUSE'));
    } catch (error) {
      // It stays paused although its console is gone.
      await this.#resumeAll();
      if (!(error instanceof SilentServer)) throw error;
      throw new AgentError(
        'refused',
        `a transaction is still open after ${withinMs} ms: end it, or allow more by pauseWithin. Clients go on as before`,
      );
    }
    return this.examine();
  }

  async cut(): Promise<RouteFacts> {
    await this.#killAll();
    return this.examine();
  }

  async switch(
    from: NodeAddress,
    to: RouteTarget,
    waiting: SwitchRouteCall['waiting'],
  ): Promise<RouteFacts> {
    const { file, databases, check } = this.#settings;
    const text = await readConfiguration(file);
    const entries = requireEntries(text, this.#settings);
    refuseSwitch({ entries, generation: readGeneration(text) }, from, to);
    for (const { database } of entries) {
      const asked = { at: to.address, database, login: check, withinMs: checkWithinMs };
      await checkServer(asked, to);
    }
    const changed = changeEntries(text, databases, to);
    if (changed !== text) {
      if ((await readConfiguration(file)) !== text) {
        throw new AgentError('unfinished', `${file} was changed by somebody else meanwhile`);
      }
      await write(file, changed);
    }
    await this.#letThrough(to.address, waiting);
    await this.#check(to);
    return this.examine();
  }

  async resume(to: RouteTarget | undefined): Promise<RouteFacts> {
    await this.#resumeAll();
    if (to !== undefined) await this.#check(to);
    return this.examine();
  }

  /**
   * In one go: whoever connects while its database is paused, and finds a pool that knows nothing of its
   * server, keeps that pool from logging in for server_login_retry, which is 15 s unless it is set.
   */
  async #letThrough(to: NodeAddress, waiting: SwitchRouteCall['waiting']): Promise<void> {
    const withinMs = reloadWithinMs + waitWithinMs + consoleWithinMs;
    await withConsole(this.#settings, withinMs, async (session) => {
      const shown = await showDatabases(session, this.#settings.databases);
      const isLed = shown.every((each) => isSame(each?.address, to) && each?.isPaused === false);
      await this.#reload(session, to);
      // Not again in a second attempt: clients that connect anew are what it waits for.
      if (waiting === 'drop' && !isLed) await this.#each(session, 'KILL');
      await this.#resume(session);
      const stuck = await untilServed(session, this.#settings.databases, waitWithinMs);
      for (const name of stuck) {
        await session.query(`KILL ${quoted(name)}`);
        await session.query(`RESUME ${quoted(name)}`);
      }
    });
  }

  /** Clients of another server would write where nobody expects it. */
  async #check(to: RouteTarget): Promise<void> {
    const { databases, host, port, check } = this.#settings;
    const at = { host, port, isPooler: true as const };
    for (const database of databases) {
      try {
        await checkServer({ at, database, login: check, withinMs: checkWithinMs }, to);
      } catch (error) {
        if (error instanceof WrongServer) await this.#killAll();
        throw error;
      }
    }
  }

  /** Returns once new connections go there: it says RELOAD also where it could not read its files. */
  async #reload(session: Session, to: NodeAddress): Promise<void> {
    const { databases, file } = this.#settings;
    const endsAtMs = Date.now() + reloadWithinMs;
    for (;;) {
      await session.query('RELOAD');
      const shown = await showDatabases(session, databases);
      const other = shown.find((each) => !isSame(each?.address, to));
      if (other === undefined && !shown.includes(undefined)) return;
      if (Date.now() > endsAtMs) {
        const { address } = other ?? {};
        const now = address === undefined ? 'nowhere' : `${address.host}:${address.port}`;
        throw new AgentError(
          'unfinished',
          `PgBouncer said RELOAD, and still leads to ${now}: is ${file} what it reads, and does its log name a mistake in its configuration?`,
        );
      }
      await sleep(betweenMs);
    }
  }

  async #killAll(): Promise<void> {
    await withConsole(this.#settings, consoleWithinMs, (session) => this.#each(session, 'KILL'));
  }

  async #resumeAll(): Promise<void> {
    await withConsole(this.#settings, consoleWithinMs, (session) => this.#resume(session));
  }

  async #resume(session: Session): Promise<void> {
    const shown = await showDatabases(session, this.#settings.databases);
    for (const each of shown) {
      if (each?.isPaused) await session.query(`RESUME ${quoted(each.name)}`);
    }
  }

  async #each(session: Session, command: 'PAUSE' | 'KILL'): Promise<void> {
    for (const name of this.#settings.databases) await session.query(`${command} ${quoted(name)}`);
  }
}

function quoted(name: string): string {
  return `"${name}"`;
}

async function write(file: string, text: string): Promise<void> {
  await replaceFile(file, text).catch((error: unknown) => {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new AgentError(
      'unfinished',
      `${file} cannot be replaced (${code}): the agent has to be its owner or root, and may write in its folder`,
    );
  });
}
