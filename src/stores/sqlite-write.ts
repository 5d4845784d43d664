import type { SqliteDatabase } from './sqlite-database.ts'
import type { Commit, CommitResult, Receipt, Remembered } from './store.ts'

/** What writes commits, one after the other, within a transaction that somebody else begins and ends. */
export interface SqliteWrites {
  commitOne(commit: Commit): CommitResult
  remembered(tenant: string, commandId: string): Remembered | undefined
}

/** Prepares on a connection what writes its commits. */
export function prepareWrites(db: SqliteDatabase): SqliteWrites {
  const selectVersion = db.prepare('SELECT version FROM redress_case WHERE tenant = ? AND case_id = ?')
  const selectCommand = db.prepare('SELECT hash, receipt FROM redress_command WHERE tenant = ? AND command_id = ?')
  const insertCase = db.prepare(
    `INSERT INTO redress_case (version, state, phase, step, owner, late_since, body, opened_at, tenant, case_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  )
  const updateCase = db.prepare(
    `UPDATE redress_case SET version = ?, state = ?, phase = ?, step = ?, owner = ?, late_since = ?, body = ?
     WHERE tenant = ? AND case_id = ? AND version = ?`,
  )
  const insertEntry = db.prepare(
    `INSERT INTO redress_log (tenant, case_id, version, type, entered, occurred_at, recorded_at, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const insertCommand = db.prepare(
    `INSERT INTO redress_command (tenant, command_id, case_id, hash, receipt) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  )
  const deleteCommand = db.prepare('DELETE FROM redress_command WHERE tenant = ? AND command_id = ?')
  const rewriteEntry = db.prepare('UPDATE redress_log SET body = ? WHERE tenant = ? AND case_id = ? AND version = ?')
  const deleteDeadlines = db.prepare('DELETE FROM redress_deadline WHERE tenant = ? AND case_id = ?')
  const insertDeadline = db.prepare('INSERT INTO redress_deadline (tenant, due, case_id, name) VALUES (?, ?, ?, ?)')
  // Left to itself, SQLite reads all that a tenant has: to its planner the key, which begins with the tenant, is as good.
  const forgetDigests = db.prepare(
    "UPDATE redress_command INDEXED BY redress_command_case SET hash = '' WHERE tenant = ? AND case_id = ?",
  )
  const deleteTies = db.prepare('DELETE FROM redress_tie INDEXED BY redress_tie_case WHERE tenant = ? AND case_id = ?')
  const insertTie = db.prepare(
    'INSERT OR IGNORE INTO redress_tie (tenant, kind, key, opened_at, case_id, changed_at) VALUES (?, ?, ?, ?, ?, ?)',
  )

  const remembered = (tenant: string, commandId: string) => {
    const row = selectCommand.get(tenant, commandId) as { hash: string; receipt: string } | undefined
    return row && { commandHash: row.hash, receipt: JSON.parse(row.receipt) as Receipt }
  }

  const versionOf = (tenant: string, caseId: string): number =>
    (selectVersion.get(tenant, caseId) as { version: number } | undefined)?.version ?? 0

  const writeCase = ({ tenant, caseId, expectedVersion, state, listing, guards = [] }: Commit): boolean => {
    if (!guards.every((one) => versionOf(tenant, one.caseId) === one.version)) return false
    const { phase, step = null, owner = null, lateSince = null, openedAt } = listing
    const columns = [state.version, state.state, phase, step, owner, lateSince, JSON.stringify(state)]
    const { changes } =
      expectedVersion === 0
        ? insertCase.run(...columns, openedAt, tenant, caseId)
        : updateCase.run(...columns, tenant, caseId, expectedVersion)
    return Number(changes) === 1
  }

  const commitOne = (commit: Commit): CommitResult => {
    const { tenant, caseId, commandId, commandHash, expectedVersion } = commit
    // The writes are the checks, so that each index is searched once: a conflict takes its receipt back.
    if (commandHash !== undefined) {
      const { changes } = insertCommand.run(tenant, commandId, caseId, commandHash, JSON.stringify(commit.receipt))
      const seen = Number(changes) === 0 ? remembered(tenant, commandId) : undefined
      if (seen !== undefined) {
        return seen.commandHash === commandHash || seen.commandHash === ''
          ? { outcome: 'duplicate', receipt: seen.receipt }
          : { outcome: 'command-id-reused' }
      }
    }
    if (!writeCase(commit)) {
      if (commandHash !== undefined) deleteCommand.run(tenant, commandId)
      return { outcome: 'conflict', actual: versionOf(tenant, caseId) }
    }
    for (const entry of commit.entries) {
      const { version, command, from, to, recordedAt } = entry
      const entered = from === to ? null : to
      insertEntry.run(tenant, caseId, version, command.type, entered, command.at, recordedAt, JSON.stringify(entry))
    }
    if (expectedVersion > 0) deleteDeadlines.run(tenant, caseId)
    for (const { name, due } of commit.deadlines) insertDeadline.run(tenant, due, caseId, name)
    if (expectedVersion > 0 && commit.ties !== undefined) deleteTies.run(tenant, caseId)
    for (const { kind, key, changedAt } of commit.ties ?? []) {
      insertTie.run(tenant, kind, key, commit.listing.openedAt, caseId, changedAt ?? null)
    }
    for (const entry of commit.redacted ?? []) rewriteEntry.run(JSON.stringify(entry), tenant, caseId, entry.version)
    if (commit.redacted !== undefined) forgetDigests.run(tenant, caseId)
    return { outcome: 'committed' }
  }

  return { commitOne, remembered }
}
