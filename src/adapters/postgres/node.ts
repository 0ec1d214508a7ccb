import { readProgramSecrets } from '../../config/agent-file.ts';
import { findAccount } from '../../config/account.ts';
import type { Tools, ToolAnswer } from '../../contracts/backups/provider.ts';
import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';
import type { NodeAddress } from '../../contracts/recovery/database-node.ts';
import type { ClusterSettings } from '../../specs/kernel/clusters.ts';
import { findServerProgram } from './host/server-program.ts';
import { sqlState, withSession, type ServerPlace, type Session } from './sql/session.ts';
import { orUnanswered } from './sql/unanswered.ts';

export interface NodeOptions {
  agent: string;
  settings: ClusterSettings;
  tools: Tools;
  /** Of this node, in the folder of the agent. */
  stateFolder: string;
}

const graceMs = 5_000;

/** One cluster of this host as a node of a database: its server, its tools, and the servers of its peers. */
export class DatabaseNode {
  readonly agent: string;
  readonly settings: ClusterSettings;
  readonly stateFolder: string;
  readonly #tools: Tools;

  constructor({ agent, settings, tools, stateFolder }: NodeOptions) {
    this.agent = agent;
    this.settings = settings;
    this.stateFolder = stateFolder;
    this.#tools = tools;
  }

  get dataFolder(): string {
    return this.settings.dataFolder;
  }

  get ownPlace(): ServerPlace {
    const { socketFolder: host, port, user, database } = this.settings;
    return { host, port, user, database };
  }

  /** By the socket; as its account where the server asks for that. */
  async ask<T>(withinMs: number, work: (session: Session) => Promise<T>): Promise<T> {
    const place = this.ownPlace;
    try {
      return await withSession(place, withinMs, work);
    } catch (error) {
      const isRefused = sqlState(error)?.startsWith('28') ?? false;
      if (!isRefused || process.getuid?.() !== 0) throw error;
      return withSession({ ...place, account: this.settings.user }, withinMs, work);
    }
  }

  /** The same for an act. Throws Unanswered where it is not answered. */
  async tell<T>(withinMs: number, work: (session: Session) => Promise<T>): Promise<T> {
    return orUnanswered(`the server of ${this.settings.name}`, this.ask(withinMs, work));
  }

  /** Throws Unanswered where it is not answered. */
  async askPeer<T>(
    address: NodeAddress,
    withinMs: number,
    work: (session: Session) => Promise<T>,
  ): Promise<T> {
    const place = await this.peerPlace(address);
    return orUnanswered(`${address.host}:${address.port}`, withSession(place, withinMs, work));
  }

  /** Throws AgentError for a server that the settings do not list. */
  async peerPlace({ host, port }: NodeAddress): Promise<ServerPlace> {
    const { name, replication } = this.settings;
    const peers = replication?.peers ?? [];
    const isKnown = peers.some((peer) => peer.host === host && peer.port === port);
    if (replication === undefined || !isKnown) {
      const known = peers.map((peer) => `${peer.host}:${peer.port}`).join(', ');
      throw new AgentError(
        'refused',
        `agent ${this.agent} does not connect to ${host}:${port}; clusters.${name}.replication.peers of its settings has: ${known || 'none'}`,
      );
    }
    const { user, database } = replication;
    const password = await this.password();
    return { host, port, user, database, ...(password !== undefined && { password }) };
  }

  async password(): Promise<string | undefined> {
    const read = await readProgramSecrets({ secrets: this.settings.replication?.secrets ?? {} });
    if (read.ok) return read.secrets.find(({ name }) => name === 'PGPASSWORD')?.value;
    const said = read.problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
    throw new AgentError('unfinished', `replication of ${this.settings.name}: ${said}`);
  }

  program(name: string): Promise<string> {
    return findServerProgram(this.settings, name);
  }

  /** Runs a tool as the account of the cluster, or of the agent; ended with the attempt, or with the agent. */
  async run(
    argv: readonly string[],
    attempt: Attempt,
    { timeoutMs, asAgent = false }: { timeoutMs: number; asAgent?: boolean },
  ): Promise<ToolAnswer> {
    const { replication, user } = this.settings;
    return this.#tools.read(
      {
        ...{ argv, timeoutMs, graceMs, environment: { LC_ALL: 'C', TZ: 'UTC' } },
        ...(asAgent ? { secrets: {} } : { user, secrets: replication?.secrets ?? {} }),
      },
      attempt,
    );
  }

  get tools(): Tools {
    return this.#tools;
  }

  /** Of the files of the cluster, where the agent is somebody else. */
  async owner(): Promise<{ uid: number; gid: number } | undefined> {
    return process.getuid?.() === 0 ? findAccount(this.settings.user) : undefined;
  }
}
