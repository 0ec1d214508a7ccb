import type { Attempt } from '../contracts/kernel/agent-host.ts';

const never = new AbortController().signal;

/** Of what an agent does by itself. */
export const unattended: Attempt = {
  cancelled: never,
  leaving: never,
  onProgress: () => undefined,
};
