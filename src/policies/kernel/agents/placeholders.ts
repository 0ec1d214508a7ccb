/** The names between `{{` and `}}`, and whether there are braces that enclose none. */
export function readPlaceholders(argument: string): { names: string[]; isMalformed: boolean } {
  const names = [...argument.matchAll(placeholder)].map(([, name = '']) => name);
  const rest = argument.replaceAll(placeholder, '');
  return { names, isMalformed: rest.includes('{{') || rest.includes('}}') };
}

export const placeholder = /\{\{([a-zA-Z][\w-]{0,39})\}\}/g;
