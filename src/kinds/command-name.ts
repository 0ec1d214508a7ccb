/** The command that sends a verb: `promoteFull` is `promote-full`. */
export function commandName(verb: string): string {
  return verb.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
}
