import { PlatformError, type ServiceState } from '../../contracts/platform.ts';
import type { Connections } from '../connections.ts';
import { remark } from '../output.ts';
import type { ServiceName } from '../service-name.ts';

/** The services of the local platform; none, with a remark, while it is away. */
export async function listServices({ platform }: Connections): Promise<ServiceState[]> {
  try {
    return await platform.listServices();
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    remark(error.message);
    return [];
  }
}

export async function readService(
  { environment, service }: ServiceName,
  to: Connections,
): Promise<ServiceState | undefined> {
  const services = await listServices(to);
  return services.find((each) => each.environment === environment && each.service === service);
}
