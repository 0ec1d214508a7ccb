import { randomBytes } from 'node:crypto';
import { Command, InvalidArgumentError, Option } from 'commander';
import { keyBytes, keyIdPattern } from '../../config/payload-keys-file.ts';
import { print } from '../output.ts';
import { examples } from './named-service.ts';

export function createKeysCommand(): Command {
  return new Command('keys')
    .summary('make keys for the encryption of payloads')
    .description(
      'Make keys for BELAY_PAYLOAD_KEYS_FILE: one a line, of which the first encrypts and all ' +
        'decrypt. docs/security.md has the steps of a rotation.',
    )
    .addCommand(createNewCommand());
}

function createNewCommand(): Command {
  return new Command('new')
    .description('Print one line for the file: a new random key of 256 bits. Keeps nothing.')
    .addOption(
      new Option('--id <id>', 'its name, which is no secret (default: a random one)').argParser(
        parseId,
      ),
    )
    .addHelpText(
      'after',
      examples('(umask 077; belay keys new > payload-keys)', 'belay keys new >> payload-keys'),
    )
    .action(({ id = randomBytes(4).toString('hex') }: { id?: string }) => {
      print(`${id}:${randomBytes(keyBytes).toString('base64')}`);
    });
}

function parseId(text: string): string {
  if (keyIdPattern.test(text)) return text;
  throw new InvalidArgumentError('Write 1 to 32 letters, digits, ".", "_" and "-".');
}
