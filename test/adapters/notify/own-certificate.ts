import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** For 127.0.0.1 and localhost, signed by nobody but itself, until 2126. It protects nothing. */
const cert = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUDNJvhnJf9TYoWADsKXvgzlKcmlIwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTIxMDIyOVoYDzIxMjYxMDI4
MjEwMjI5WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAS7Ymk7flXGahbsyrRsNRUn1R2yrm9AsEnIP5j7zkLvv8rHFx76LcG+
o822hhBqhJrQcE9fTq8l+tm/eE51QDR/o28wbTAdBgNVHQ4EFgQUeFWGqUtAzVsL
z2udw9PQZg+4a8MwHwYDVR0jBBgwFoAUeFWGqUtAzVsLz2udw9PQZg+4a8MwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARhwR/AAABgglsb2NhbGhvc3QwCgYIKoZI
zj0EAwIDSAAwRQIhAOkLKbxqhlv3O9RAXTiXpb3OwBfWBUVdyMOuvnKzAsebAiAg
ZJOG35bisAZGSI4ShARdJTd0QFnEE/3/RaoBwNXOTQ==
-----END CERTIFICATE-----
`;

const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgOhQ0utRMUd6kj6KC
aGp97G2/sb/rfo5BLOH/m/9OQBGhRANCAAS7Ymk7flXGahbsyrRsNRUn1R2yrm9A
sEnIP5j7zkLvv8rHFx76LcG+o822hhBqhJrQcE9fTq8l+tm/eE51QDR/
-----END PRIVATE KEY-----
`;

export function ownCertificate(): { cert: string; key: string; certFile: string } {
  const folder = mkdtempSync(join(tmpdir(), 'belay-mail-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const certFile = join(folder, 'cert.pem');
  writeFileSync(certFile, cert);
  return { cert, key, certFile };
}
