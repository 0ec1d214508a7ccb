import type { Guard } from '../../contracts/kernel/breakers.ts';

/** For callers that send one request and exit, such as a command. */
export const unguarded: Guard = (call) => call();
