import { Argument, InvalidArgumentError } from 'commander';

const environmentName = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** `<environment>`, or `[environment]`. */
export function environmentArgument(written: string, description: string): Argument {
  return new Argument(written, description).argParser((text: string) => {
    if (environmentName.test(text)) return text;
    throw new InvalidArgumentError(
      'Write the name of an environment: lowercase letters, digits and "-".',
    );
  });
}
