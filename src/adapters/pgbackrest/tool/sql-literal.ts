import { AgentError } from '../../../contracts/kernel/agent-host.ts';

/** A text as SQL writes it, whatever the server makes of backslashes. Throws AgentError. */
export function literal(text: string): string {
  // No program is given a NUL in an argument.
  if (text.includes('\0')) throw new AgentError('refused', 'a text with a NUL cannot be asked for');
  return `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
