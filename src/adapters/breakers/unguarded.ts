import type { Guard } from '../../contracts/kernel/breakers.ts';

/** For who asks once and ends, like a command. */
export const unguarded: Guard = (call) => call();
