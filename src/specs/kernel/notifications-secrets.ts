/** Where settings keep secrets, and what each has to look like; never what they are. */
import { shortestSecret } from '../../policies/kernel/agents/redact.ts';
import type { ChannelSettings, SecretRef } from './notifications.ts';

export type SecretPurpose =
  | 'address'
  | 'routing key'
  | 'password'
  | 'signing key'
  | 'certificates'
  /** Of a program that an agent runs. */
  | 'variable';

export interface KeptSecret {
  /** Below the channel: `url`. */
  key: string;
  ref: SecretRef;
  purpose: SecretPurpose;
}

/** All that has to be readable before a channel can be used. */
export function secretsOf(channel: ChannelSettings): KeptSecret[] {
  switch (channel.kind) {
    case 'slack':
      return [{ key: 'url', ref: channel.url, purpose: 'address' }];
    case 'email':
      return [
        ...(channel.auth === undefined
          ? []
          : [
              {
                key: 'auth.password',
                ref: channel.auth.password,
                purpose: 'password',
              } satisfies KeptSecret,
            ]),
        ...(channel.caFile === undefined
          ? []
          : [
              {
                key: 'caFile',
                ref: { file: channel.caFile },
                purpose: 'certificates',
              } satisfies KeptSecret,
            ]),
      ];
    case 'pagerduty':
      return [{ key: 'routingKey', ref: channel.routingKey, purpose: 'routing key' }];
    case 'webhook':
      return [
        ...(typeof channel.url === 'string'
          ? []
          : [{ key: 'url', ref: channel.url, purpose: 'address' } satisfies KeptSecret]),
        { key: 'secret', ref: channel.secret, purpose: 'signing key' },
      ];
  }
}

/** Why a secret cannot be used, in words that do not give it away; undefined for one that can. */
export function refuseSecret(purpose: SecretPurpose, value: string): string | undefined {
  switch (purpose) {
    case 'address':
      return isAddress(value)
        ? undefined
        : 'holds no address; it begins with https:// or http:// and has no user and password';
    case 'routing key':
      return /^[\x21-\x7e]{1,200}$/.test(value)
        ? undefined
        : 'holds no routing key; it is one word, from the Events API v2 integration';
    case 'password':
      return /^[^\r\n\0]{1,1000}$/.test(value) ? undefined : 'holds no password; it is one line';
    case 'signing key':
      return signingKey(value) === undefined
        ? 'holds no signing key; make one with `openssl rand -base64 32`'
        : undefined;
    case 'variable':
      if (value.includes('\0') || value.length > 32_768) return 'holds no value of a variable';
      return value.length >= shortestSecret
        ? undefined
        : `holds a value that is too short to be redacted; at least ${shortestSecret} characters`;
    case 'certificates':
      return value.includes('-----BEGIN CERTIFICATE-----')
        ? undefined
        : 'holds no certificates in PEM';
  }
}

/** Credentials in an address would not reach the server: they are a header's matter. */
export function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '';
}

/** Base64 of 24 to 64 bytes, with or without `whsec_`, as Standard Webhooks has it. */
export function signingKey(value: string): Uint8Array | undefined {
  const encoded = value.replace(/^whsec_/, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  const key = Buffer.from(encoded, 'base64');
  return key.length >= 24 && key.length <= 64 ? key : undefined;
}
