/// The tables of a cluster's database (docs/cluster.md). Additive: a later version adds, and nodes refuse one that they do
/// not know.
enum ClusterSchema {
    /// The version that this release makes.
    static let version = 1

    /// Makes the schema, for a superuser or the owner of the database; one transaction.
    static func statements(for identity: ClusterIdentity) -> [Statement] {
        var statements = tables.map { Statement($0) }
        statements.append(
            Statement(
                "insert into pstore.cluster (schema, shards, id, secret_check) values ($1, $2, $3, $4)",
                [
                    .integer(Int32(version)), .integer(Int32(identity.shardCount)), .bytes(identity.id),
                    .bytes(identity.secretCheck),
                ]))
        statements.append(
            Statement(
                "insert into pstore.head (shard) select generate_series(0, $1)", [.integer(Int32(identity.shardCount))])
        )
        return [Statement("begin")] + statements + [Statement("commit")]
    }

    /// Lets a role be a node: it appends to the log and never changes it, but for erasures, by a function that checks them.
    static func grants(to role: String) -> [Statement] {
        let role = "\"" + role.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
        return [
            "grant usage on schema pstore to \(role)",
            "grant select, insert on pstore.log to \(role)",
            "grant select, update (touched) on pstore.head to \(role)",
            "grant select on pstore.cluster, pstore.place to \(role)",
            "grant select, insert, update on pstore.barrier, pstore.node, pstore.node_position, pstore.erasure to \(role)",
            "grant select, insert on pstore.fork to \(role)",
            "grant select, insert, delete on pstore.code to \(role)",
            "grant execute on function pstore.rewrite_group(int, bigint, bytea, bytea) to \(role)",
        ].map { Statement($0) }
    }

    private static let tables = [
        "create schema pstore",
        """
        create table pstore.cluster (only_row boolean primary key default true check (only_row), schema int not null, \
        shards int not null, id bytea not null, secret_check bytea not null)
        """,
        "create table pstore.head (shard int primary key, touched int not null default 0)",
        """
        create table pstore.log (shard int, after bigint, last bigint not null, grp bytea not null, chain bytea not null, \
        records bytea not null, seals boolean not null default false, primary key (shard, after), \
        check (last > after or (seals and last = after)))
        """,
        // A server that was built without lz4 keeps the default.
        """
        do $$ begin alter table pstore.log alter column records set compression lz4; \
        exception when feature_not_supported or undefined_object then null; end $$
        """,
        "create table pstore.barrier (node text primary key, n bigint not null)",
        """
        create table pstore.code (name text primary key, hash bytea not null unique, shard int not null, \
        version bytea not null)
        """,
        "create table pstore.place (shard int primary key, server text not null)",
        "create table pstore.node (name text primary key, seen_at timestamptz not null)",
        """
        create table pstore.node_position (node text, shard int, last bigint not null, at timestamptz not null, \
        primary key (node, shard))
        """,
        """
        create table pstore.fork (node text, shard int, after bigint not null, removed bigint not null, \
        at timestamptz not null default now())
        """,
        """
        create table pstore.erasure (shard int, position bigint, done boolean not null default false, \
        primary key (shard, position))
        """,
        varint, rewriteGroup,
        "revoke all on function pstore.rewrite_group(int, bigint, bytea, bytea) from public",
    ]

    /// The number in unsigned LEB128 that begins at an offset, and the offset after it.
    private static let varint = """
        create function pstore.varint(b bytea, inout at int, out value bigint) language plpgsql immutable strict as $$
        declare byte int; shift int := 0;
        begin
          value := 0;
          loop
            if at >= length(b) or shift > 35 then raise exception 'a length is cut off'; end if;
            byte := get_byte(b, at);
            at := at + 1;
            value := value | ((byte & 127)::bigint << shift);
            exit when byte < 128;
            shift := shift + 7;
          end loop;
        end $$
        """

    /// Replaces private parts of a group's records by the commitments that the chain has of them, and nothing else: every
    /// record is the one that was there, or its entry of the chain with the flag that says so.
    private static let rewriteGroup = """
        create function pstore.rewrite_group(in_shard int, in_after bigint, in_records bytea, in_entries bytea)
        returns boolean language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
        declare
          old record; previous bytea := decode(repeat('00', 32), 'hex'); before record;
          old_at int := 0; new_at int := 0; entry_at int := 0; n bigint;
          old_bytes bytea; new_bytes bytea; entry bytea;
        begin
          select last, chain, records, seals into old from pstore.log where shard = in_shard and after = in_after for update;
          if not found or old.seals then raise exception 'there is no such group'; end if;
          if in_after > 0 then
            select last, chain into before from pstore.log
              where shard = in_shard and after < in_after order by after desc limit 1;
            if not found or before.last <> in_after then raise exception 'the group before is missing'; end if;
            previous := before.chain;
          end if;
          if sha256(previous || int8send(in_after) || in_entries) <> old.chain then
            raise exception 'the entries are not those of the group''s chain';
          end if;
          while old_at < length(old.records) loop
            select v.at, v.value into old_at, n from pstore.varint(old.records, old_at) v;
            old_bytes := substr(old.records, old_at + 1, n::int);
            old_at := old_at + n::int;
            select v.at, v.value into new_at, n from pstore.varint(in_records, new_at) v;
            new_bytes := substr(in_records, new_at + 1, n::int);
            new_at := new_at + n::int;
            select v.at, v.value into entry_at, n from pstore.varint(in_entries, entry_at) v;
            entry := substr(in_entries, entry_at + 1, n::int);
            entry_at := entry_at + n::int;
            if new_bytes <> old_bytes then
              if length(new_bytes) < 15 or get_byte(new_bytes, 5) & 1 = 0
                or set_byte(substr(new_bytes, 5), 1, get_byte(new_bytes, 5) & 254) <> entry then
                raise exception 'a record would be changed by something else than an erasure';
              end if;
            end if;
          end loop;
          if new_at <> length(in_records) or entry_at <> length(in_entries) then
            raise exception 'the group would have other records';
          end if;
          if in_records = old.records then return false; end if;
          update pstore.log set records = in_records where shard = in_shard and after = in_after;
          return true;
        end $$
        """
}
