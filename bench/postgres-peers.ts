import type pg from 'pg'
import { postgresStore } from 'redress/postgres'
import { atOnce, type Load, stepsASecond } from './load.ts'
import { longRecoveryAt } from './recovery.ts'
import type { Side } from './round.ts'
import { judging, type Row, rowsOfNewCase, type StepRows, type Table, tables, type Value, writtenRows } from './rows.ts'

/** What the peers write: the rows of a recovery, as a desk has written them, and the tables that take them. */
export interface Written {
  openCase(): Promise<NewCase>
  readonly columns: Readonly<Record<Table | 'tie', readonly Column[]>>
  /** The full name of a table of the peer's own schema. */
  table(name: Table | 'tie'): string
}

/** A case that is open, and the rows of each step that it has before it. */
type NewCase = readonly StepRows[]

interface Column {
  readonly name: string
  readonly type: string
  /** Whether it holds in every row what the case's column of the same name holds: sent once, it will do for both. */
  readonly isShared: boolean
}

/** Tables of a peer's own, made by the desk's own migrations, and the rows that a desk wrote to others like them. */
export async function writtenTo(pool: pg.Pool, schema: string): Promise<Written> {
  const store = postgresStore(pool, { schema: 'template' })
  const written = await writtenRows(store, async (table, where) => {
    const names = Object.keys(where)
    const { rows } = await pool.query({
      text: `SELECT * FROM ${tableIn('template')(table)} WHERE ${names.map((name, at) => `${name} = $${at + 1}`).join(' AND ')}`,
      values: Object.values(where),
      // As text, whatever the type: so it goes back in again.
      types: { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig,
    })
    return rows as Row[]
  })
  // Asked for anything, the store makes its tables first.
  await postgresStore(pool, { schema }).load('default', written.caseId)
  const isShared = (table: Table | 'tie', name: string) =>
    (table === 'log' || table === 'command') &&
    written.steps.every((step) => name in step.case && step.case[name] === step[table][name])
  const columnsOf = async (table: Table | 'tie') =>
    (await columnsIn(pool, tableIn(schema)(table))).map((one) => ({ ...one, isShared: isShared(table, one.name) }))
  const columns = {
    case: await columnsOf('case'),
    log: await columnsOf('log'),
    command: await columnsOf('command'),
    tie: await columnsOf('tie'),
  }
  const table = tableIn(schema)
  const insert = insertsInto({ columns, table })
  return {
    columns,
    table,
    async openCase() {
      const [opening, ...steps] = rowsOfNewCase(written)
      for (const one of tables) await pool.query(insert[one], valuesOf(columns[one], opening?.[one]))
      const ties = opening?.ties ?? []
      await pool.query(tyingOf({ columns, table }, ties.length), tieValuesOf({ columns }, ties))
      return steps
    },
  }
}

const tableIn = (schema: string) => (table: Table | 'tie') => `"${schema}"."redress_${table}"`

async function columnsIn(pool: pg.Pool, table: string): Promise<readonly Omit<Column, 'isShared'>[]> {
  const { rows } = await pool.query(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND NOT atthasdef AND attidentity = ''
     ORDER BY attnum`,
    [table],
  )
  return rows as { name: string; type: string }[]
}

/**
 * How one would tune it by hand, and nothing else: so many steps a prepared statement, neither read nor judged, their
 * values made beforehand.
 */
export function raw(pool: pg.Pool, written: Written, load: Load, size: number): Side {
  const sent = sentOf(written)
  const texts = new Map<number, string>()
  const textOf = (ties: number) => {
    const text = texts.get(ties) ?? (size === 1 ? oneStep(written, ties) : manySteps(written, size, ties))
    texts.set(ties, text)
    return text
  }
  return async () => {
    const cases = await atOnce(load, written.openCase)
    const values = cases.map((steps) =>
      steps.map((step) => ({
        rows: sent.map(({ table, name }) => step[table][name] as Value),
        ties: tieValuesOf(written, step.ties),
      })),
    )
    const tieColumns = written.columns.tie.length
    return stepsASecond(
      load,
      async (index) => {
        const group = values.slice(index * size, (index + 1) * size)
        for (let step = 0; step < (group[0] as unknown[]).length; step++) {
          // The ties come after all that every step has.
          const flat = group.flatMap((steps) => (steps[step] as Sending).rows)
          const ties = group.flatMap((steps) => (steps[step] as Sending).ties)
          const rows = ties.length / tieColumns
          const values = [TENANT, ...flat, ...ties]
          const { rowCount } = await pool.query({ name: `raw_${size}_${rows}`, text: textOf(rows), values })
          if (rowCount !== size) throw new Error(`The bench wrote ${rowCount} rows instead of ${size}`)
        }
      },
      size,
    )
  }
}

interface Sending {
  readonly rows: readonly Value[]
  readonly ties: readonly Value[]
}

interface Sent {
  readonly table: Table
  readonly name: string
  readonly type: string
}

/** That of all that is written: a raw statement is sent it once, as its first value. */
const TENANT = 'default'

/** The values that a raw statement is sent for each step. */
const sentOf = ({ columns }: Written): readonly Sent[] =>
  tables.flatMap((table) =>
    columns[table]
      .filter(({ name, isShared }) => !isShared && name !== 'tenant')
      .map(({ name, type }) => ({ table, name, type })),
  )

/** One step needs no table of values: its parameters stand where they are used, which saves a tenth. */
function oneStep(written: Written, ties: number): string {
  const sent = sentOf(written)
  const at = (table: Table, wanted: string) => {
    if (wanted === 'tenant') return '$1::text'
    const place = sent.findIndex((one) => one.table === table && one.name === wanted)
    return `$${place + 2}::${sent[place]?.type}`
  }
  return `WITH ${writesOf(written, at, '', 'updated', ties)}`
}

function manySteps(written: Written, size: number, ties: number): string {
  const sent = sentOf(written)
  const rows = Array.from({ length: size }, (_, row) => {
    const values = sent.map(({ type }, place) => `$${row * sent.length + place + 2}${row === 0 ? `::${type}` : ''}`)
    return `(${values.join(', ')})`
  })
  const at = (table: Table, name: string) => (name === 'tenant' ? '$1::text' : `i.${table}_${name}`)
  return `WITH input (${sent.map(({ table, name }) => `${table}_${name}`).join(', ')}) AS (VALUES ${rows.join(', ')}),
    ${writesOf(written, at, 'FROM input i', 'input i JOIN updated u ON u.case_id = i.case_case_id', ties, size)}`
}

/** The update and what follows it; `at` says where a value is found. */
function writesOf(
  written: Written,
  at: (table: Table, name: string) => string,
  input: string,
  passed: string,
  ties: number,
  size = 1,
): string {
  const { columns, table } = written
  const set = columns.case.filter(({ name }) => !isKey(name)).map(({ name }) => `${name} = ${at('case', name)}`)
  const insert = (one: Table) => {
    const values = columns[one].map(({ name, isShared }) => at(isShared ? 'case' : one, name))
    return `INSERT INTO ${table(one)} (${namesOf(columns[one])}) SELECT ${values.join(', ')} FROM ${passed}`
  }
  return `updated AS (
      UPDATE ${table('case')} c SET ${set.join(', ')} ${input}
      WHERE c.tenant = ${at('case', 'tenant')} AND c.case_id = ${at('case', 'case_id')}
        AND c.version = ${at('case', 'version')} - 1
      RETURNING c.case_id),
    logged AS (${insert('log')})${
      ties === 0
        ? ''
        : `,
    tied AS (${tyingOf(written, ties, 1 + sentOf(written).length * size)})`
    }
    ${insert('command')}`
}

/** What writes so many ties, where their values come after so many others; those of cases that moved on alone. */
function tyingOf({ columns, table }: Pick<Written, 'columns' | 'table'>, ties: number, others?: number): string {
  const names = namesOf(columns.tie)
  const rows = Array.from({ length: ties }, (_, row) => {
    const values = columns.tie.map(
      ({ type }, place) => `$${(others ?? 0) + row * columns.tie.length + place + 1}::${type}`,
    )
    return `(${values.join(', ')})`
  })
  const input = `VALUES ${rows.join(', ')}`
  const select =
    others === undefined ? input : `SELECT t.* FROM (${input}) t (${names}) JOIN updated u ON u.case_id = t.case_id`
  return `INSERT INTO ${table('tie')} (${names}) ${select}
    ON CONFLICT (kind, key, tenant, opened_at, case_id) DO UPDATE SET changed_at = excluded.changed_at`
}

const tieValuesOf = ({ columns }: Pick<Written, 'columns'>, ties: readonly Row[]): Value[] =>
  ties.flatMap((one) => valuesOf(columns.tie, one))

/** How the textbook has it, and people write it: the case is read and judged, and a transaction writes the rows. */
export function textbook(pool: pg.Pool, written: Written, load: Load): Side {
  const { columns, table } = written
  const insert = insertsInto(written)
  const select = `SELECT version, body FROM ${table('case')} WHERE tenant = $1 AND case_id = $2`
  const set = columns.case.filter(({ name }) => !isKey(name))
  const update = `UPDATE ${table('case')} SET ${set.map(({ name }, at) => `${name} = $${at + 4}`).join(', ')}
    WHERE tenant = $1 AND case_id = $2 AND version = $3`
  const logBody = columns.log.findIndex(({ name }) => name === 'body')
  const caseBody = set.findIndex(({ name }) => name === 'body')
  return async () => {
    const cases = await atOnce(load, written.openCase)
    const values = cases.map((steps) => {
      const recovery = longRecoveryAt(steps[0]?.case['case_id'] as string)
      return steps.map((step, at) => ({
        judged: judging(step, recovery[at]),
        tying: tyingOf(written, step.ties.length),
        ties: tieValuesOf(written, step.ties),
        key: [step.case['tenant'], step.case['case_id']],
        set: valuesOf(set, step.case),
        log: valuesOf(columns.log, step.log),
        command: valuesOf(columns.command, step.command),
      }))
    })
    return stepsASecond(load, async (index) => {
      for (const { key, judged, set, log, command, tying, ties } of values[index] ?? []) {
        const client = await pool.connect()
        try {
          const { rows } = await client.query(select, key)
          const { state, entry } = judged(rows[0].body)
          await client.query('BEGIN')
          const { rowCount } = await client.query(update, [...key, rows[0].version, ...set.with(caseBody, state)])
          if (rowCount !== 1) throw new Error(`The bench wrote ${rowCount} rows instead of one`)
          await client.query(insert.log, log.with(logBody, entry))
          await client.query(insert.command, command)
          if (ties.length > 0) await client.query(tying, ties)
          await client.query('COMMIT')
        } finally {
          client.release()
        }
      }
    })
  }
}

const isKey = (name: string): boolean => name === 'tenant' || name === 'case_id'

const namesOf = (columns: readonly Column[]): string => columns.map(({ name }) => name).join(', ')

const valuesOf = (columns: readonly Column[], row: Row = {}): Value[] => columns.map(({ name }) => row[name] as Value)

function insertsInto({ columns, table }: Pick<Written, 'columns' | 'table'>): Record<Table, string> {
  const insert = (one: Table) =>
    `INSERT INTO ${table(one)} (${namesOf(columns[one])}) VALUES (${columns[one].map((_, at) => `$${at + 1}`).join(', ')})`
  return { case: insert('case'), log: insert('log'), command: insert('command') }
}
