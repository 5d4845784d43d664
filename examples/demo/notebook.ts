import type { DatabaseSync } from 'node:sqlite'
import type { Refusal } from 'redress'
import type { Act } from './scene/line.ts'

/** A refusal as the helpdesk remembers it. */
export interface Note {
  /** The id of the send. */
  readonly id: string
  readonly caseId: string
  readonly at: string
  readonly command: Act
  readonly refusal: Refusal
}

/** Where the helpdesk keeps its refusals. A refused command leaves no trace in a case; who coaches wants one all the same. */
export interface Notebook {
  write(note: Note): void
  /** The notes on a case, oldest first. */
  read(caseId: string): readonly Note[]
  /** Erases the notes on a case: they hold somebody's words, and the desk knows nothing of them. */
  erase(caseId: string): void
}

/** A notebook in a table of the host's own, beside those of the desk. */
export function createNotebook(database: DatabaseSync): Notebook {
  database.exec(
    'CREATE TABLE IF NOT EXISTS notebook (id INTEGER PRIMARY KEY, case_id TEXT NOT NULL, body TEXT NOT NULL)',
  )
  const insert = database.prepare('INSERT INTO notebook (case_id, body) VALUES (?, ?)')
  const select = database.prepare('SELECT body FROM notebook WHERE case_id = ? ORDER BY id')
  const remove = database.prepare('DELETE FROM notebook WHERE case_id = ?')
  return {
    write(note) {
      insert.run(note.caseId, JSON.stringify(note))
    },
    read: (caseId) => select.all(caseId).map(({ body }) => JSON.parse(body as string) as Note),
    erase(caseId) {
      remove.run(caseId)
    },
  }
}
