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
import type { HoldingRouter } from '../router.ts';
import { askServer, checkServer, WrongServer } from '../check-server.ts';
import {
  consoleWithinMs,
  showConfiguration,
  showDatabases,
  untilServed,
  withConsole,
} from './console.ts';
import { changeEntries, readGeneration } from './databases-file.ts';
import { examinePgBouncer, readConfiguration, requireEntries } from './examine.ts';
import { findForeignPause } from './find-foreign-pause.ts';
import { HeldDatabases } from './held-databases.ts';
import { isSame, refuseSwitch } from '../refuse-switch.ts';
import { whyNoPause } from './why-no-pause.ts';

const reloadWithinMs = 5_000;
const checkWithinMs = 2_000;
/** Of clients that wait, for a connection to the server. */
const waitWithinMs = 1_000;
const betweenMs = 20;

/** Leads the clients of a PgBouncer: by its admin console, and by the file with its `[databases]`. */
export class PgBouncer implements HoldingRouter {
  readonly #settings: PgBouncerSettings;
  readonly #held: HeldDatabases;

  /** `folder`: of the router, in the agent's state. */
  constructor(settings: PgBouncerSettings, folder: string) {
    this.#settings = settings;
    this.#held = new HeldDatabases(folder);
  }

  async examine(servers: readonly NodeAddress[] = []): Promise<RouteFacts> {
    return examinePgBouncer(this.#settings, { servers, held: await this.#held.read() });
  }

  async pause(withinMs: number): Promise<RouteFacts> {
    await this.#refusePause();
    try {
      await withConsole(this.#settings, withinMs, (session) => this.#hold(session, 'PAUSE'));
    } catch (error) {
      // It stays paused although its console is gone.
      await this.#resumeAll();
      if (!(error instanceof SilentServer)) throw error;
      throw new AgentError(
        'refused',
        `a transaction is still open after ${withinMs} ms: end it, or allow more time (pauseWithin of a plan, pause.within of a recovery to a point in time). Clients go on as before`,
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
    await this.#refuseForeignPause();
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

  async identify(): Promise<string> {
    const { databases, host, port, check } = this.#settings;
    const at = { host, port, isPooler: true as const };
    const found = new Map<string, string>();
    for (const database of databases) {
      const asked = { at, database, login: check, withinMs: checkWithinMs };
      const { identifier } = await askServer(asked);
      if (identifier !== undefined) found.set(identifier, database);
    }
    const [identifier, ...others] = found.keys();
    if (identifier !== undefined && others.length === 0) return identifier;
    const names = [...found.values()].join(' and ');
    throw new AgentError('refused', `${names} at ${host}:${port} are of different servers`);
  }

  forgetHeld(): Promise<void> {
    return this.#held.forget();
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
      if (waiting === 'drop' && !isLed) await this.#hold(session, 'KILL');
      await this.#resume(session);
      const stuck = await untilServed(session, this.#settings.databases, waitWithinMs);
      if (stuck.length > 0) await this.#held.add(stuck);
      for (const name of stuck) {
        await session.query(`KILL ${quoted(name)}`);
        await session.query(`RESUME ${quoted(name)}`);
      }
    });
    await this.#held.forget();
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
    await withConsole(this.#settings, consoleWithinMs, (session) => this.#hold(session, 'KILL'));
  }

  async #resumeAll(): Promise<void> {
    await withConsole(this.#settings, consoleWithinMs, (session) => this.#resume(session));
    await this.#held.forget();
  }

  /** Only what Belay has paused: an administrator may have paused a database for a reason. */
  async #resume(session: Session): Promise<void> {
    const held = await this.#held.read();
    for (const each of await showDatabases(session, this.#settings.databases)) {
      if (each?.isPaused && held.includes(each.name)) {
        await session.query(`RESUME ${quoted(each.name)}`);
      }
    }
  }

  /** After either of the two, clients of a database wait until it is resumed. */
  async #hold(session: Session, command: 'PAUSE' | 'KILL'): Promise<void> {
    const { databases } = this.#settings;
    const shown = await showDatabases(session, databases);
    const paused = shown.flatMap((each) => (each?.isPaused ? [each.name] : []));
    await this.#held.add(databases.filter((name) => !paused.includes(name)));
    for (const name of databases) await session.query(`${command} ${quoted(name)}`);
  }

  async #refusePause(): Promise<void> {
    await this.#refuseForeignPause();
    const { databases } = this.#settings;
    const why = await withConsole(this.#settings, consoleWithinMs, async (session) =>
      whyNoPause(await showDatabases(session, databases), await showConfiguration(session)),
    );
    if (why !== undefined) throw new AgentError('refused', why);
  }

  async #refuseForeignPause(): Promise<void> {
    const { databases } = this.#settings;
    const shown = await withConsole(this.#settings, consoleWithinMs, (session) =>
      showDatabases(session, databases),
    );
    const why = findForeignPause(shown, await this.#held.read());
    if (why !== undefined) throw new AgentError('refused', why);
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
