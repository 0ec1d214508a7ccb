import type { Logger } from 'pino';
import type { ServiceName } from '../../contracts/chaos/service-tracks.ts';
import type { ClaimBody } from '../../contracts/rollouts/local-platform.ts';
import { PlatformError, type ServiceState } from '../../contracts/rollouts/platform.ts';
import { newService } from '../acts/plan-acts.ts';
import { PortPool } from '../replicas/port-pool.ts';
import { SerialQueue } from '../serial-queue.ts';
import { platformLayout } from '../state/layout.ts';
import { ProcessTable } from '../state/process-table.ts';
import { readRecords } from '../state/read-records.ts';
import { LocalService } from './local-service.ts';
import { ServiceRuntime } from './service-runtime.ts';

/** All services of one home. */
export class Services {
  readonly #layout: ReturnType<typeof platformLayout>;
  readonly #log: Logger;
  readonly #ports = new PortPool();
  readonly #services = new Map<string, LocalService>();
  readonly #arrivals = new SerialQueue();

  private constructor(home: string, log: Logger) {
    this.#layout = platformLayout(home);
    this.#log = log;
  }

  /** Continues from the state of the platform's last run, however that ended. */
  static async recover(home: string, log: Logger): Promise<Services> {
    const services = new Services(home, log);
    const records = await readRecords(services.#layout);
    const recovered = await Promise.all(
      records.map(async (record) => {
        const runtime = await services.#createRuntime(record);
        // Fronts open before replicas start: a replica must not be given the port of a front.
        await runtime.reopenFront(record.port);
        return { record, runtime };
      }),
    );
    await Promise.all(
      recovered.map(async ({ record, runtime }) => {
        runtime.apply(record);
        services.#add(record, new LocalService(record, services.#files(record), runtime));
        await runtime.stopStrays();
      }),
    );
    return services;
  }

  list(): LocalService[] {
    return [...this.#services.values()];
  }

  /** Throws PlatformError not-found. */
  get(name: ServiceName): LocalService {
    const service = this.#services.get(key(name));
    if (service) return service;
    throw new PlatformError(
      'not-found',
      `there is no service ${name.service} in environment ${name.environment}`,
    );
  }

  async claim(name: ServiceName, { fence, port, ...claimant }: ClaimBody): Promise<ServiceState> {
    const service = await this.#arrivals.run(
      async () => this.#services.get(key(name)) ?? (await this.#create(name, fence, port ?? 0)),
    );
    return service.claim(fence, claimant);
  }

  async forget(name: ServiceName): Promise<void> {
    await this.get(name).forget();
    this.#services.delete(key(name));
  }

  async boundLogs(): Promise<void> {
    for (const service of this.#services.values()) await service.boundLogs();
  }

  async stop(): Promise<void> {
    await Promise.all(this.list().map((service) => service.stop()));
  }

  async #create(name: ServiceName, fence: ClaimBody['fence'], port: number): Promise<LocalService> {
    const runtime = await this.#createRuntime(name);
    const opened = await runtime.openFront(port).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      throw new PlatformError('conflict', `front port ${port} cannot be opened: ${why}`);
    });
    const record = newService({ ...name, port: opened }, fence);
    const service = new LocalService(record, this.#files(name), runtime);
    this.#add(name, service);
    return service;
  }

  async #createRuntime({ environment, service }: ServiceName): Promise<ServiceRuntime> {
    const files = this.#files({ environment, service });
    return new ServiceRuntime(environment, {
      service,
      table: await ProcessTable.open(files.processes),
      ports: this.#ports,
      logFolder: files.logs,
      log: this.#log.child({ environment, service }),
    });
  }

  #add(name: ServiceName, service: LocalService): void {
    this.#services.set(key(name), service);
  }

  #files({ environment, service }: ServiceName) {
    return this.#layout.service(environment, service);
  }
}

function key({ environment, service }: ServiceName): string {
  return `${environment}/${service}`;
}
