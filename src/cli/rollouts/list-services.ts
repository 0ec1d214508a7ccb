import { PlatformError, type ServiceState } from '../../contracts/rollouts/platform.ts';
import type { Connections } from '../connections.ts';
import { remark } from '../output.ts';

/** The services of the local platform; none, with a remark, while it is away. */
export async function listServices({ local }: Connections): Promise<ServiceState[]> {
  try {
    return await local.listServices();
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    remark(error.message);
    return [];
  }
}
