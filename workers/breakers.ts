import { Breakers } from '../src/adapters/breakers/breakers.ts';
import type { Config } from '../src/config/config.ts';

interface Log {
  info(message: string, fields: object): void;
  warn(message: string, fields: object): void;
}

/** The breakers of this process, which says in its log when one opens and when it closes. SIGUSR2 closes them all. */
export function openBreakers({ breakers: settings }: Pick<Config, 'breakers'>, log: Log): Breakers {
  const breakers = new Breakers(settings, ({ dependency, state, reason }) => {
    if (state === 'open') log.warn('breaker opened', { dependency, reason });
    if (state === 'closed') log.info('breaker closed', { dependency });
  });
  process.on('SIGUSR2', () => {
    log.info('all breakers are reset', {});
    breakers.reset();
  });
  return breakers;
}
