import { RedressError } from '../errors.ts'

/** Where the tables are: their schema (the connection's own, if left out) and what their names begin with. */
export interface PostgresPlace {
  readonly schema?: string
  /** Default: `redress_`. */
  readonly prefix?: string
}

const NAME = /^[a-z_][a-z0-9_]{0,39}$/

/** The full, quoted name of a table. Throws `input-invalid` for names that would need more care. */
export function tablesIn({ schema, prefix = 'redress_' }: PostgresPlace): (name: string) => string {
  for (const name of [schema ?? 'public', prefix]) {
    if (typeof name === 'string' && NAME.test(name)) continue
    throw new RedressError(
      'input-invalid',
      'A schema’s name and a prefix are lower case letters, digits and underscores, 40 at most.',
    )
  }
  return (name) => `${schema === undefined ? '' : `"${schema}".`}"${prefix}${name}"`
}

/**
 * The numbered steps by which the tables came to be as they are, for hosts that run their own migrations
 * (`createSchema: false`): run each once, in order, in a transaction; it notes itself in the table of versions. Never
 * changed, only added to.
 *
 * What is JSON is kept as text: it is written and read whole, and to check it again would take a fifth of the time.
 *
 * PostgreSQL writes every index of a case with each step, as SQLite does not, so that they are few: a case is found by its
 * phase through its place.
 *
 * No two indexes of a table that hold all of its rows begin with the same column: to a planner that knows nothing yet of
 * a new table they would be as good as each other, and the wrong one reads all of a tenant's rows.
 */
export function postgresMigrations(place: PostgresPlace = {}): readonly string[] {
  const table = tablesIn(place)
  const name = (index: string) => `"${place.prefix ?? 'redress_'}${index}"`
  return [
    `CREATE TABLE ${table('schema')} (version int PRIMARY KEY);
     CREATE TABLE ${table('case')} (
       tenant text COLLATE "C" NOT NULL, case_id text COLLATE "C" NOT NULL, version int NOT NULL,
       state text COLLATE "C" NOT NULL, place text COLLATE "C" NOT NULL, owner text COLLATE "C",
       opened_at text COLLATE "C" NOT NULL, due_at text COLLATE "C", late_since text COLLATE "C",
       leased_until text COLLATE "C", deadlines text NOT NULL, body text NOT NULL,
       PRIMARY KEY (tenant, case_id)
     ) WITH (fillfactor = 70, toast_tuple_target = 4080);
     CREATE INDEX ${name('case_place')} ON ${table('case')} (place, tenant, opened_at);
     CREATE INDEX ${name('case_owner')} ON ${table('case')} (owner, tenant, place, opened_at);
     CREATE INDEX ${name('case_late')} ON ${table('case')} (tenant, opened_at) WHERE late_since IS NOT NULL;
     CREATE INDEX ${name('case_due')} ON ${table('case')} (tenant, due_at) WHERE due_at IS NOT NULL;
     CREATE TABLE ${table('log')} (
       tenant text COLLATE "C" NOT NULL, case_id text COLLATE "C" NOT NULL, version int NOT NULL,
       type text COLLATE "C" NOT NULL, entered text COLLATE "C", occurred_at text COLLATE "C" NOT NULL,
       recorded_at text COLLATE "C" NOT NULL, body text NOT NULL,
       xid bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
       PRIMARY KEY (case_id, tenant, version)
     ) WITH (toast_tuple_target = 4080);
     CREATE INDEX ${name('log_xid')} ON ${table('log')} (xid, tenant);
     CREATE TABLE ${table('command')} (
       tenant text COLLATE "C" NOT NULL, command_id text COLLATE "C" NOT NULL, case_id text COLLATE "C" NOT NULL,
       hash text COLLATE "C" NOT NULL, first int NOT NULL, last int NOT NULL,
       PRIMARY KEY (command_id, tenant)
     );
     CREATE TABLE ${table('tie')} (
       tenant text COLLATE "C" NOT NULL, kind text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL,
       opened_at text COLLATE "C" NOT NULL, case_id text COLLATE "C" NOT NULL, changed_at text COLLATE "C",
       PRIMARY KEY (kind, key, tenant, opened_at, case_id)
     );
     CREATE INDEX ${name('tie_case')} ON ${table('tie')} (case_id, tenant, kind);
     CREATE INDEX ${name('tie_changed')} ON ${table('tie')} (kind, key, tenant, changed_at DESC)
       WHERE changed_at IS NOT NULL;
     CREATE TABLE ${table('refusal')} (
       tenant text COLLATE "C" NOT NULL, at text COLLATE "C" NOT NULL, case_id text COLLATE "C" NOT NULL,
       command text COLLATE "C", code text COLLATE "C" NOT NULL, rules json NOT NULL
     );
     CREATE INDEX ${name('refusal_at')} ON ${table('refusal')} (tenant, at);
     CREATE TABLE ${table('subscription')} (
       tenant text COLLATE "C" NOT NULL, name text COLLATE "C" NOT NULL, since text COLLATE "C" NOT NULL,
       only_new boolean NOT NULL, cluster text NOT NULL, reached bigint NOT NULL, open bigint[] NOT NULL,
       walk_after text COLLATE "C", walk_since text COLLATE "C" NOT NULL, rewinds boolean NOT NULL,
       PRIMARY KEY (tenant, name)
     );
     CREATE TABLE ${table('lane')} (
       tenant text COLLATE "C" NOT NULL, subscription text COLLATE "C" NOT NULL, case_id text COLLATE "C" NOT NULL,
       next int NOT NULL, newest int NOT NULL, due_at text COLLATE "C", token int NOT NULL,
       attempts int NOT NULL DEFAULT 0, first_at text COLLATE "C", parked_at text COLLATE "C", error text,
       PRIMARY KEY (case_id, tenant, subscription)
     ) WITH (fillfactor = 70);
     CREATE INDEX ${name('lane_due')} ON ${table('lane')} (subscription, tenant, due_at) WHERE due_at IS NOT NULL;
     CREATE INDEX ${name('lane_parked')} ON ${table('lane')} (tenant, parked_at) WHERE parked_at IS NOT NULL;
     -- lz4 writes half as fast again as the default; a server that was built without it does without it.
     DO $lz4$ BEGIN
       ALTER TABLE ${table('case')} ALTER COLUMN body SET COMPRESSION lz4;
       ALTER TABLE ${table('log')} ALTER COLUMN body SET COMPRESSION lz4;
     EXCEPTION WHEN feature_not_supported THEN NULL; END $lz4$;
     INSERT INTO ${table('schema')} VALUES (1);`,
  ]
}

/**
 * What sees to it that the tables are there, and those of this release: one statement, under a lock, all or nothing. It
 * raises RD001 where they are newer, and RD002 where they are older or not there and it may not make them.
 */
export function migration(place: PostgresPlace, create: boolean): string {
  const table = tablesIn(place)
  const migrations = postgresMigrations(place)
  const steps = create
    ? migrations.map((sql, index) => `IF version < ${index + 1} THEN EXECUTE $sql$${sql}$sql$; END IF;`)
    : [
        `IF version < ${migrations.length} THEN
           RAISE EXCEPTION 'redress: schema % is older than %', version, ${migrations.length} USING ERRCODE = 'RD002';
         END IF;`,
      ]
  return `DO $redress$ DECLARE version int := 0; BEGIN
    PERFORM pg_advisory_xact_lock(7242023126543);
    ${create && place.schema !== undefined ? `CREATE SCHEMA IF NOT EXISTS "${place.schema}";` : ''}
    IF to_regclass('${table('schema')}') IS NOT NULL THEN
      SELECT coalesce(max(s.version), 0) INTO version FROM ${table('schema')} s;
    END IF;
    IF version > ${migrations.length} THEN
      RAISE EXCEPTION 'redress: schema % is newer than %', version, ${migrations.length} USING ERRCODE = 'RD001';
    END IF;
    ${steps.join('\n    ')}
  END $redress$`
}
