import { kubeconfigPath } from '../credentials.ts';
import type { DaemonContext } from '../daemons/daemon.ts';
import { runCommand } from '../../programs/run-command.ts';

/** Runs kubectl as the admin of a cluster that may not be complete yet. */
export function kubectl(
  { layout, programs }: DaemonContext,
  args: readonly string[],
  input?: string,
): Promise<string> {
  const kubeconfig = `--kubeconfig=${kubeconfigPath(layout, 'admin')}`;
  return runCommand([programs.kubectl, kubeconfig, ...args], input === undefined ? {} : { input });
}

/** Whether the command succeeds and prints this. */
export async function kubectlOutput(
  context: DaemonContext,
  args: readonly string[],
  expected: string,
): Promise<boolean> {
  return kubectl(context, args).then(
    (said) => said.trim() === expected,
    () => false,
  );
}
