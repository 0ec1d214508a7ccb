-- What docs/databases.md asks for, and the owner of the sample database. No password is in an argument or a log.
\set replicator_password `cat /run/secrets/replicator-password`
\set shop_password `cat /run/secrets/shop-password`
CREATE ROLE replicator LOGIN REPLICATION PASSWORD :'replicator_password';
GRANT pg_monitor TO replicator;
GRANT pg_checkpoint TO replicator;
GRANT EXECUTE ON FUNCTION pg_ls_dir(text, boolean, boolean) TO replicator;
GRANT EXECUTE ON FUNCTION pg_stat_file(text, boolean) TO replicator;
GRANT EXECUTE ON FUNCTION pg_read_binary_file(text) TO replicator;
GRANT EXECUTE ON FUNCTION pg_read_binary_file(text, bigint, bigint, boolean) TO replicator;
CREATE ROLE shop LOGIN PASSWORD :'shop_password';
CREATE DATABASE shop OWNER shop;
