import { parseIpAddress } from './ip-address.ts';

export type AddressKind =
  /** Of the machine itself. */
  | 'loopback'
  /** Of one network segment: where clouds answer with the credentials of a machine. */
  | 'link-local'
  /** Addresses outside link-local under which clouds answer the same. */
  | 'cloud-metadata'
  /** Multicast, broadcast and reserved: nothing that answers HTTP. */
  | 'no-host'
  | 'host';

/** Amazon (IPv6), Google (IPv6), Alibaba, Azure and Oracle. */
const metadataAddresses = [
  'fd00:ec2::254',
  'fd20:ce::254',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
].map((address) => String(parseIpAddress(address)));

/** Prefixes of IPv6 that carry an IPv4 address, and where it begins: mapped, compatible, NAT64, 6to4. */
const carriers = [
  { prefix: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255], at: 12 },
  { prefix: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], at: 12 },
  { prefix: [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0], at: 12 },
  { prefix: [0x20, 0x02], at: 2 },
];

/** The kind of an IP address; undefined for text that is not an address. */
export function kindOfAddress(text: string): AddressKind | undefined {
  const bytes = parseIpAddress(text);
  return bytes && kindOfBytes(bytes);
}

function kindOfBytes(bytes: readonly number[]): AddressKind {
  if (metadataAddresses.includes(String(bytes))) return 'cloud-metadata';
  return bytes.length === 4 ? kindOfIpv4(bytes) : kindOfIpv6(bytes);
}

function kindOfIpv4([first = 0, second = 0]: readonly number[]): AddressKind {
  // Connecting to 0.0.0.0 reaches the machine itself.
  if (first === 127 || first === 0) return 'loopback';
  if (first === 169 && second === 254) return 'link-local';
  return first >= 224 ? 'no-host' : 'host';
}

function kindOfIpv6(bytes: readonly number[]): AddressKind {
  const [first = 0, second = 0] = bytes;
  const own = bytes.slice(0, 15).every((byte) => byte === 0) && (bytes[15] ?? 0) <= 1;
  if (own) return 'loopback';
  const carrier = carriers.find(({ prefix }) => prefix.every((byte, i) => bytes[i] === byte));
  if (carrier) return kindOfBytes(bytes.slice(carrier.at, carrier.at + 4));
  if (first === 0xfe && (second & 0xc0) === 0x80) return 'link-local';
  return first === 0xff ? 'no-host' : 'host';
}
