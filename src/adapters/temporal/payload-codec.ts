import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import type { PayloadKey } from '../../config/payload-keys-file.ts';
import type { PayloadKeys } from './payload-keys.ts';

const cipher = 'aes-256-gcm';
const encoding = Buffer.from('binary/encrypted');
const encodingKey = 'encoding';
const keyIdKey = 'encryption-key-id';
const nonceBytes = 12;
const tagBytes = 16;
const WirePayload = proto.temporal.api.common.v1.Payload;

/** An encrypted payload that the present keys cannot decrypt; a retry helps once they can. */
export class PayloadUnreadable extends Error {
  override readonly name = 'PayloadUnreadable';
}

/**
 * Encrypts whole payloads, including their metadata, each with its own nonce. Payloads that are not
 * encrypted are passed on unchanged, so that encryption can be turned on while rollouts are open.
 */
export class EncryptionCodec implements PayloadCodec {
  readonly #keys: PayloadKeys;

  constructor(keys: PayloadKeys) {
    this.#keys = keys;
  }

  encode(payloads: Payload[]): Promise<Payload[]> {
    const key = this.#keys.current();
    return Promise.resolve(
      key === undefined ? payloads : payloads.map((payload) => encrypt(payload, key)),
    );
  }

  /** Rejects with PayloadUnreadable. */
  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => this.#decodeOne(payload));
  }

  #decodeOne(payload: Payload): Payload {
    if (!isEncrypted(payload)) return payload;
    const id = Buffer.from(payload.metadata?.[keyIdKey] ?? []).toString();
    const key = this.#keys.find(id);
    if (key === undefined) throw new PayloadUnreadable(whyNoKey(id, this.#keys.file));
    return decrypt(payload, key);
  }
}

function isEncrypted({ metadata }: Payload): boolean {
  const written = metadata?.[encodingKey];
  return written !== undefined && encoding.equals(written);
}

function encrypt(payload: Payload, { id, secret }: PayloadKey): Payload {
  const nonce = randomBytes(nonceBytes);
  const encrypting = createCipheriv(cipher, secret, nonce).setAAD(boundTo(id));
  const data = Buffer.concat([
    nonce,
    encrypting.update(WirePayload.encode(payload).finish()),
    encrypting.final(),
    encrypting.getAuthTag(),
  ]);
  return { metadata: { [encodingKey]: encoding, [keyIdKey]: Buffer.from(id) }, data };
}

function decrypt({ data }: Payload, { id, secret }: PayloadKey): Payload {
  const sealed = Buffer.from(data ?? []);
  if (sealed.length < nonceBytes + tagBytes) {
    throw new PayloadUnreadable(`A payload that key ${id} encrypted is cut off.`);
  }
  const decrypting = createDecipheriv(cipher, secret, sealed.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  })
    .setAAD(boundTo(id))
    .setAuthTag(sealed.subarray(-tagBytes));
  try {
    const opened = decrypting.update(sealed.subarray(nonceBytes, -tagBytes));
    decrypting.final();
    const { metadata, data: content, externalPayloads } = WirePayload.decode(opened);
    return { metadata, data: content, ...(externalPayloads.length > 0 && { externalPayloads }) };
  } catch (cause) {
    const message = `A payload does not fit key ${id}: it was changed, or another key has that ID.`;
    throw new PayloadUnreadable(message, { cause });
  }
}

/** The metadata is not encrypted, so it is authenticated together with the payload. */
function boundTo(id: string): Buffer {
  return Buffer.from(`${encoding.toString()}\0${id}`);
}

function whyNoKey(id: string, file: string | undefined): string {
  const shown = /^[\x21-\x7e]{1,64}$/.test(id) ? id : '(no ID)';
  return file === undefined
    ? `This is encrypted with payload key ${shown}: name a file that holds it with BELAY_PAYLOAD_KEYS_FILE.`
    : `This is encrypted with payload key ${shown}, which ${file} does not hold: add its line.`;
}
