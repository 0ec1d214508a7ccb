/** What makes `belay up` unfit for a machine that others use, too. */
export function describeLocalUsers(address: string): string {
  return (
    `Temporal at ${address} does not ask for credentials: every user of this machine can start ` +
    'rollouts, and with them commands that run as you.'
  );
}
