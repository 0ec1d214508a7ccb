/**
 * What rules and queues of a fault are called, so that they are found again and told from those of
 * anybody else. `id`: 8 hexadecimal digits, made of the mark of the fault.
 */
export function chainsOf(id: string) {
  const prefix = `BELAY-${id}`;
  return { in: `${prefix}-i`, out: `${prefix}-o`, met: `${prefix}-x` };
}

const anyChain = /^BELAY-([0-9a-f]{8})-[iox]$/;

/** The fault whose chain this is; undefined for a chain of somebody else. */
export function idOfChain(chain: string): string | undefined {
  return anyChain.exec(chain)?.[1];
}

/** Of the queue by which packets leave, as `tc` writes it. */
export function handleOf(id: string): string {
  return `b${id.slice(0, 3)}:`;
}

/** Of anybody's fault. */
export function isHandleOfFault(handle: string): boolean {
  return /^b[0-9a-f]{3}:$/.test(handle);
}

/** In comments of rules. */
export const markPrefix = 'belay:';
