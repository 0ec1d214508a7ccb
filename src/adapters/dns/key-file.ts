import { DnsError } from './dns-error.ts';

export type Algorithm = 'hmac-sha256' | 'hmac-sha384' | 'hmac-sha512';

export interface TransactionKey {
  name: string;
  algorithm: Algorithm;
  secret: Buffer;
}

const algorithms: readonly string[] = ['hmac-sha256', 'hmac-sha384', 'hmac-sha512'];
const block = /^\s*key\s+"?([^\s"{]+)"?\s*\{([^}]*)\}\s*;?\s*$/;

/**
 * A key as `tsig-keygen` writes it, and `named` and `nsupdate -k` read it. Throws DnsError that never
 * says what is in it.
 */
export function readKey(text: string): TransactionKey {
  const [, name, body = ''] = block.exec(withoutComments(text)) ?? [];
  const algorithm = valueOf(body, 'algorithm')?.toLowerCase().replace(/\.$/, '');
  const secret = Buffer.from(valueOf(body, 'secret') ?? '', 'base64');
  if (name === undefined || algorithm === undefined || secret.length === 0) {
    throw new DnsError(
      'refused',
      'the key is not in the form of tsig-keygen: key "NAME" { algorithm hmac-sha256; secret "..."; };',
    );
  }
  if (!algorithms.includes(algorithm)) {
    throw new DnsError(
      'refused',
      `key ${name} has an algorithm that is not accepted; accepted: ${algorithms.join(', ')}`,
    );
  }
  return { name, algorithm: algorithm as Algorithm, secret };
}

function valueOf(body: string, key: string): string | undefined {
  return new RegExp(`\\b${key}\\s+"?([^\\s";]+)"?\\s*;`).exec(body)?.[1];
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\//g, ' ').replace(/(^|\s)(#|\/\/).*$/gm, ' ');
}
