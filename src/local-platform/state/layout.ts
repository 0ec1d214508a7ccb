import { join } from 'node:path';

/** The platform's files below BELAY_HOME, except its run file and token. */
export function platformLayout(home: string) {
  const platform = join(home, 'platform');
  return {
    lock: join(platform, 'lock'),
    /** The API's last port, used again at the next start if it is free. */
    port: join(platform, 'port'),
    state: join(platform, 'state'),
    service: (environment: string, service: string) => ({
      folder: join(platform, 'state', environment, service),
      record: join(platform, 'state', environment, service, 'service.json'),
      processes: join(platform, 'state', environment, service, 'processes.json'),
      logs: join(platform, 'logs', environment, service),
    }),
  } as const;
}

export type ServiceFiles = ReturnType<ReturnType<typeof platformLayout>['service']>;
