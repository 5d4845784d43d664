import { RedressError } from '../errors.ts'
import type { SqliteDatabase } from './sqlite-database.ts'
import { rollback } from './sqlite-database.ts'

/** The numbered steps by which the tables came to be as they are. Never changed, only added to. */
export const sqliteMigrations: readonly string[] = [
  `CREATE TABLE redress_case (
     tenant TEXT NOT NULL, case_id TEXT NOT NULL, version INTEGER NOT NULL, state TEXT NOT NULL, phase TEXT NOT NULL,
     step TEXT, owner TEXT, opened_at TEXT NOT NULL, late_since TEXT, body TEXT NOT NULL,
     PRIMARY KEY (tenant, case_id)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX redress_case_opened ON redress_case (tenant, opened_at);
   CREATE INDEX redress_case_phase ON redress_case (tenant, phase, opened_at);
   CREATE INDEX redress_case_step ON redress_case (tenant, step, opened_at);
   CREATE INDEX redress_case_owner ON redress_case (tenant, owner, phase, opened_at);
   CREATE INDEX redress_case_late ON redress_case (tenant, opened_at) WHERE late_since IS NOT NULL;
   CREATE TABLE redress_log (
     seq INTEGER PRIMARY KEY, tenant TEXT NOT NULL, case_id TEXT NOT NULL, version INTEGER NOT NULL, type TEXT NOT NULL, entered TEXT,
     occurred_at TEXT NOT NULL, recorded_at TEXT NOT NULL, body TEXT NOT NULL,
     UNIQUE (tenant, case_id, version)
   ) STRICT;
   CREATE TABLE redress_command (
     tenant TEXT NOT NULL, command_id TEXT NOT NULL, case_id TEXT NOT NULL, hash TEXT NOT NULL, receipt TEXT NOT NULL,
     PRIMARY KEY (tenant, command_id)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX redress_command_case ON redress_command (tenant, case_id);
   CREATE TABLE redress_deadline (
     tenant TEXT NOT NULL, due TEXT NOT NULL, case_id TEXT NOT NULL, name TEXT NOT NULL,
     leased_until TEXT,
     PRIMARY KEY (tenant, case_id, name)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX redress_deadline_due ON redress_deadline (tenant, due);
   CREATE TABLE redress_tie (
     tenant TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, opened_at TEXT NOT NULL, case_id TEXT NOT NULL,
     changed_at TEXT,
     PRIMARY KEY (tenant, kind, key, opened_at, case_id)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX redress_tie_case ON redress_tie (tenant, case_id, kind);
   CREATE INDEX redress_tie_changed ON redress_tie (tenant, kind, key, changed_at DESC) WHERE changed_at IS NOT NULL;
   CREATE TABLE redress_refusal (
     tenant TEXT NOT NULL, at TEXT NOT NULL, case_id TEXT NOT NULL, command TEXT, code TEXT NOT NULL, rules TEXT NOT NULL
   ) STRICT;
   CREATE INDEX redress_refusal_at ON redress_refusal (tenant, at);
   CREATE TABLE redress_subscription (
     tenant TEXT NOT NULL, name TEXT NOT NULL, since TEXT NOT NULL, only_new INTEGER NOT NULL, reached INTEGER NOT NULL,
     walk_after TEXT, walk_since TEXT NOT NULL, rewinds INTEGER NOT NULL,
     PRIMARY KEY (tenant, name)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE redress_lane (
     tenant TEXT NOT NULL, subscription TEXT NOT NULL, case_id TEXT NOT NULL, next INTEGER NOT NULL,
     newest INTEGER NOT NULL, due_at TEXT, token INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
     first_at TEXT, parked_at TEXT, error TEXT,
     PRIMARY KEY (tenant, subscription, case_id)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX redress_lane_due ON redress_lane (tenant, subscription, due_at) WHERE due_at IS NOT NULL;
   CREATE INDEX redress_lane_parked ON redress_lane (tenant, parked_at) WHERE parked_at IS NOT NULL;`,
]

/**
 * Brings a database to the newest schema, under SQLite's own write lock, so that two processes can start at once.
 *
 * Throws `store-newer`, with nothing changed, where a newer release has been here.
 */
export function migrate(db: SqliteDatabase): void {
  db.exec('BEGIN IMMEDIATE')
  try {
    db.exec('CREATE TABLE IF NOT EXISTS redress_schema (version INTEGER NOT NULL) STRICT')
    const row = db.prepare('SELECT max(version) AS version FROM redress_schema').get() as { version: number | null }
    const version = row.version ?? 0
    if (version > sqliteMigrations.length) {
      throw new RedressError(
        'store-newer',
        `The database has schema ${version}; this release knows ${sqliteMigrations.length}. Nothing was changed. Upgrade redress.`,
        { facts: { version, known: sqliteMigrations.length } },
      )
    }
    for (const [index, sql] of sqliteMigrations.entries()) {
      if (index < version) continue
      db.exec(sql)
      db.prepare('INSERT INTO redress_schema (version) VALUES (?)').run(index + 1)
    }
    db.exec('COMMIT')
  } catch (error) {
    rollback(db, 'ROLLBACK')
    throw error
  }
}
