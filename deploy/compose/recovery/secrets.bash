# Sourced: what pgBackRest is given. PostgreSQL needs it, too: it archives by pgBackRest.
PGBACKREST_REPO1_CIPHER_PASS=$(cat /run/secrets/repository-passphrase)
PGBACKREST_REPO2_CIPHER_PASS=$PGBACKREST_REPO1_CIPHER_PASS
PGBACKREST_REPO2_S3_KEY_SECRET=$(cat /run/secrets/object-store-key)
export PGBACKREST_REPO1_CIPHER_PASS PGBACKREST_REPO2_CIPHER_PASS PGBACKREST_REPO2_S3_KEY_SECRET
