import type pg from 'pg'
import { postgresStore } from 'redress/postgres'
import { atOnce, type Load, stepsASecond } from './load.ts'
import type { Side } from './round.ts'
import { type Row, rowsOfNewCase, type StepRows, type Table, tables, type Value, writtenRows } from './rows.ts'

/** What the peers write: the rows of a recovery, as a desk has written them, and the tables that take them. */
export interface Written {
  openCase(): Promise<NewCase>
  readonly columns: Readonly<Record<Table, readonly Column[]>>
  /** The full name of a table of the peer's own schema. */
  table(name: Table): string
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
    if (rows.length !== 1) throw new Error(`The bench found ${rows.length} rows of a step in ${table} instead of one`)
    return rows[0] as Row
  })
  // Asked for anything, the store makes its tables first.
  await postgresStore(pool, { schema }).load('default', written.caseId)
  const isShared = (table: Table, name: string) =>
    table !== 'case' && written.steps.every((step) => name in step.case && step.case[name] === step[table][name])
  const columnsOf = async (table: Table) =>
    (await columnsIn(pool, tableIn(schema)(table))).map((one) => ({ ...one, isShared: isShared(table, one.name) }))
  const columns = {
    case: await columnsOf('case'),
    log: await columnsOf('log'),
    command: await columnsOf('command'),
  }
  const table = tableIn(schema)
  const insert = insertsInto({ columns, table })
  return {
    columns,
    table,
    async openCase() {
      const [opening, ...steps] = rowsOfNewCase(written)
      for (const one of tables) await pool.query(insert[one], valuesOf(columns[one], opening?.[one]))
      return steps
    },
  }
}

const tableIn = (schema: string) => (table: Table) => `"${schema}"."redress_${table}"`

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
  const text = size === 1 ? oneStep(written) : manySteps(written, size)
  return async () => {
    const cases = await atOnce(load, written.openCase)
    const values = cases.map((steps) => steps.map((step) => sent.map(({ table, name }) => step[table][name] as Value)))
    return stepsASecond(
      load,
      async (index) => {
        const group = values.slice(index * size, (index + 1) * size)
        for (let step = 0; step < (group[0] as unknown[]).length; step++) {
          const flat = group.flatMap((steps) => steps[step] as Value[])
          const { rowCount } = await pool.query({ name: `raw_${size}`, text, values: flat })
          if (rowCount !== size) throw new Error(`The bench wrote ${rowCount} rows instead of ${size}`)
        }
      },
      size,
    )
  }
}

interface Sent {
  readonly table: Table
  readonly name: string
  readonly type: string
}

/** The values that a raw statement is sent for each step. */
const sentOf = ({ columns }: Written): readonly Sent[] =>
  tables.flatMap((table) =>
    columns[table].filter(({ isShared }) => !isShared).map(({ name, type }) => ({ table, name, type })),
  )

/** One step needs no table of values: its parameters stand where they are used, which saves a tenth. */
function oneStep(written: Written): string {
  const sent = sentOf(written)
  const at = (table: Table, wanted: string) => {
    const place = sent.findIndex((one) => one.table === table && one.name === wanted)
    return `$${place + 1}::${sent[place]?.type}`
  }
  return `WITH ${writesOf(written, at, '', 'updated')}`
}

function manySteps(written: Written, size: number): string {
  const sent = sentOf(written)
  const rows = Array.from({ length: size }, (_, row) => {
    const values = sent.map(({ type }, place) => `$${row * sent.length + place + 1}::${type}`)
    return `(${values.join(', ')})`
  })
  const at = (table: Table, name: string) => `i.${table}_${name}`
  return `WITH input (${sent.map(({ table, name }) => `${table}_${name}`).join(', ')}) AS (VALUES ${rows.join(', ')}),
    ${writesOf(written, at, 'FROM input i', 'input i JOIN updated u ON u.case_id = i.case_case_id')}`
}

/** The update and what follows it; `at` says where a value is found. */
function writesOf(
  { columns, table }: Written,
  at: (table: Table, name: string) => string,
  input: string,
  passed: string,
): string {
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
    logged AS (${insert('log')})
    ${insert('command')}`
}

/** How the textbook has it, and people write it: the case is read, and a transaction writes the three rows. */
export function textbook(pool: pg.Pool, written: Written, load: Load): Side {
  const { columns, table } = written
  const insert = insertsInto(written)
  const select = `SELECT version, body FROM ${table('case')} WHERE tenant = $1 AND case_id = $2`
  const set = columns.case.filter(({ name }) => !isKey(name))
  const update = `UPDATE ${table('case')} SET ${set.map(({ name }, at) => `${name} = $${at + 4}`).join(', ')}
    WHERE tenant = $1 AND case_id = $2 AND version = $3`
  return async () => {
    const cases = await atOnce(load, written.openCase)
    const values = cases.map((steps) =>
      steps.map((step) => ({
        key: [step.case['tenant'], step.case['case_id']],
        set: valuesOf(set, step.case),
        log: valuesOf(columns.log, step.log),
        command: valuesOf(columns.command, step.command),
      })),
    )
    return stepsASecond(load, async (index) => {
      for (const { key, set, log, command } of values[index] ?? []) {
        const client = await pool.connect()
        try {
          const { rows } = await client.query(select, key)
          await client.query('BEGIN')
          const { rowCount } = await client.query(update, [...key, rows[0].version, ...set])
          if (rowCount !== 1) throw new Error(`The bench wrote ${rowCount} rows instead of one`)
          await client.query(insert.log, log)
          await client.query(insert.command, command)
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
