import { setTimeout as sleep } from 'node:timers/promises';
import { DnsError } from '../../dns/dns-error.ts';
import { updateZone } from '../../dns/zone.ts';
import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import type { NodeAddress } from '../../../contracts/recovery/database-node.ts';
import {
  noDatabase,
  type ExamineRouteCall,
  type RouteFacts,
  type RouteTarget,
} from '../../../contracts/recovery/routes.ts';
import type { DnsSettings } from '../../../specs/kernel/routers.ts';
import { checkServer } from '../check-server.ts';
import { refuseSwitch } from '../refuse-switch.ts';
import type { Router } from '../router.ts';
import { examineName, leadsTo, refuseBehind, type DnsRouterSettings } from './examine.ts';
import { keyOf } from './key-of.ts';
import { nameOfMark, readMark, writeMark, type Mark } from './mark.ts';
import {
  describeRecords,
  leadsOnlyTo,
  readEverywhere,
  readName,
  recordOf,
  type ShownName,
} from './read-name.ts';

const updateWithinMs = 5_000;
const checkWithinMs = 2_000;
/** For the other name servers to fetch the zone. */
const everywhereWithinMs = 10_000;
const betweenMs = 100;

/**
 * Leads clients by a name of a zone that takes updates (RFC 2136). A name holds nobody: whoever has
 * connected stays connected, and resolvers keep what it was for its time to live.
 */
export class DnsName implements Router {
  readonly #router: DnsRouterSettings;

  constructor(router: DnsRouterSettings) {
    this.#router = router;
  }

  get #settings(): DnsSettings {
    return this.#router.dns;
  }

  examine(
    servers: readonly NodeAddress[] = [],
    behind?: ExamineRouteCall['behind'],
  ): Promise<RouteFacts> {
    return examineName(this.#router, servers, behind);
  }

  pause(): Promise<RouteFacts> {
    return Promise.reject(this.#holdsNobody());
  }

  cut(): Promise<RouteFacts> {
    return Promise.reject(this.#holdsNobody());
  }

  async switch(from: NodeAddress, to: RouteTarget): Promise<RouteFacts> {
    const shown = await this.#read();
    const led = { name: this.#settings.name, ...leadsTo(this.#router, shown) };
    const mark = readMark(shown.marks);
    refuseSwitch({ entries: [led], generation: mark }, from, to);
    await this.#checkServer(to);
    const isThere = leadsOnlyTo(shown, to.address);
    // An attempt that was repeated reads what the first one has written.
    const before = isThere ? (mark?.keptBeforeS ?? 0) : 0;
    const keptForS = Math.max(before, ...shown.records.map(({ ttlS }) => ttlS));
    if (!isThere || shown.marks.length !== 1 || !isOf(mark, to)) {
      await this.#update(shown, to, keptForS);
    }
    await this.#untilEverywhere(to.address);
    const facts = await this.#examineAs(to);
    return { ...facts, keptForMs: keptForS * 1_000 };
  }

  async resume(to: RouteTarget | undefined): Promise<RouteFacts> {
    if (to !== undefined) {
      if (!leadsOnlyTo(await this.#read(), to.address)) {
        throw new AgentError('unfinished', `${this.#settings.name} leads elsewhere`);
      }
      await this.#checkServer(to);
    }
    return this.#examineAs(to);
  }

  #examineAs(to: RouteTarget | undefined): Promise<RouteFacts> {
    return this.examine([], to?.systemIdentifier === noDatabase ? 'service' : undefined);
  }

  async #checkServer(to: RouteTarget): Promise<void> {
    const { check } = this.#settings;
    const [refused] = refuseBehind(this.#settings, to.systemIdentifier === noDatabase);
    if (refused !== undefined) throw new AgentError('refused', refused);
    if (check === undefined) return;
    const { database } = check;
    await checkServer({ at: to.address, database, login: check, withinMs: checkWithinMs }, to);
  }

  /** Only where the name is still what was read: of two who change it at once, one is refused. */
  async #update(
    { records, marks }: ShownName,
    to: RouteTarget,
    keptBeforeS: number,
  ): Promise<void> {
    const { name, zone, primary, ttlMs } = this.#settings;
    const { type, value } = recordOf(to.address);
    const mark = { name: nameOfMark(name), type: 'TXT' as const };
    const ttlS = Math.ceil(ttlMs / 1_000);
    const update = {
      zone,
      expected: [
        { name, type, values: records.map((record) => record.value) },
        { ...mark, values: marks },
      ],
      wanted: [
        { name, type, values: [value], ttlS },
        { ...mark, values: [writeMark({ ...to, keptBeforeS })], ttlS },
      ],
    };
    try {
      await updateZone(primary, update, await keyOf(this.#settings), updateWithinMs);
    } catch (error) {
      if (!(error instanceof DnsError)) throw error;
      throw error.code === 'changed'
        ? new AgentError(
            'unfinished',
            `${name} was changed by somebody else meanwhile: ${error.message}`,
          )
        : asAgentError(error);
    }
  }

  /** One that does not answer serves nobody; one that says something else does. */
  async #untilEverywhere(to: NodeAddress): Promise<void> {
    const endsAtMs = Date.now() + everywhereWithinMs;
    for (;;) {
      const answers = await readEverywhere(this.#settings);
      const other = answers.find(({ shown }) => shown !== undefined && !leadsOnlyTo(shown, to));
      const [primary] = answers;
      if (other === undefined && primary?.shown !== undefined) return;
      if (Date.now() > endsAtMs) {
        const { server, shown, why = '' } = other ?? primary ?? {};
        const who = server === undefined ? '' : `name server ${server.host}:${server.port}`;
        const said = shown === undefined ? why : `${who} still says ${describeRecords(shown)}`;
        throw new AgentError('unfinished', `${this.#settings.name} was updated, and ${said}`);
      }
      await sleep(betweenMs);
    }
  }

  async #read(): Promise<ShownName> {
    return readName(this.#settings, this.#settings.primary).catch((error: unknown) => {
      throw error instanceof DnsError ? asAgentError(error) : error;
    });
  }

  #holdsNobody(): AgentError {
    return new AgentError(
      'refused',
      `${this.#settings.name} is a name: clients that have connected can be neither paused nor cut by it`,
    );
  }
}

function isOf(mark: Mark | undefined, { systemIdentifier, timeline }: RouteTarget): boolean {
  return mark?.systemIdentifier === systemIdentifier && mark.timeline === timeline;
}

function asAgentError({ code, message }: DnsError): AgentError {
  return new AgentError(code === 'refused' ? 'refused' : 'unfinished', message);
}
