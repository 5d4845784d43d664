// What a million open cases cost beside ten thousand, in PostgreSQL: `npm run bench:million`. Takes minutes and gigabytes.
import pg from 'pg'
import { courteous, createDesk, type Desk, officeHours, pocock, type Search, type Store } from 'redress'
import { temporalWorkingTime } from 'redress/clocks'
import { postgresStore } from 'redress/postgres'
import { aComplaint, example, upTo } from 'redress/testing'
import { startPostgres } from '../test/postgres/server.ts'

const SIZES = { few: 10_000, many: 1_000_000 } as const
type Size = keyof typeof SIZES
const ROUNDS = 300
const WARM_UP = 100
/** So much longer may anything take with a hundred times as many cases. */
const MOST = 1.5
const CASES_A_CAUSE = 20
const OWNERS = 100
const CLAIMED_AT_ONCE = 100

const DAY_MS = 86_400_000
const NOW = Date.parse('2026-03-02T09:00:00.000Z')
const now = () => new Date(NOW)

/** How far the cases have come, and of a hundred how many have come so far. */
const kinds = [
  { kind: 'received', share: 30, opened: NOW, commands: [] },
  { kind: 'person', share: 30, opened: NOW, commands: upTo(pocock, 'listen') },
  { kind: 'problem', share: 29, opened: NOW, commands: upTo(pocock, 'deliver') },
  { kind: 'system', share: 10, opened: NOW, commands: upTo(pocock, 'improve') },
  // Nobody spoke to them for a month, as the clock has recorded.
  { kind: 'overdue', share: 1, opened: NOW - 30 * DAY_MS, commands: upTo(pocock, 'listen'), isRecorded: true },
  // The same, and the clock has it still before it: as many, however many cases there are.
  { kind: 'due', count: 200, opened: NOW - 30 * DAY_MS, commands: upTo(pocock, 'listen') },
] as const

/** A store of so many cases, and the desk at it. */
interface Hall {
  readonly size: Size
  readonly schema: string
  readonly store: Store
  readonly desk: Desk
}

const caseIdOf = (kind: string, n: number) => `${kind}-${String(n).padStart(7, '0')}`
const howMany = (size: Size, one: (typeof kinds)[number]) =>
  'count' in one ? one.count : (SIZES[size] * one.share) / 100
const clocks = {
  policies: [courteous] as const,
  calendars: { default: officeHours('Europe/London') },
  workingTime: temporalWorkingTime,
}

/** Has the desk write one case of each kind, and copies what it wrote: ids, times and causes are each case's own. */
async function fill(pool: pg.Pool, size: Size): Promise<Hall> {
  const schema = `cases_${size}`
  const store = postgresStore(pool, { schema })
  for (const one of kinds) {
    const { kind, opened, commands } = one
    const writes = createDesk({ store, clocks, now: () => new Date(opened) })
    const caseId = caseIdOf(kind, 0)
    await writes.open({ ...aComplaint, at: new Date(opened).toISOString(), caseId }, { id: `${caseId}-open` })
    for (const [index, command] of commands.entries()) {
      const answer = await writes.send(caseId, command, { id: `${caseId}-${index}` })
      if (!answer.accepted) throw new Error(answer.refusal.sentence)
    }
    if ('isRecorded' in one) await createDesk({ store, clocks, now }).tick()
    await copy(pool, schema, kind, howMany(size, one) - 1)
  }
  for (const table of ['case', 'log', 'command', 'tie']) await pool.query(`VACUUM ANALYZE ${schema}.redress_${table}`)
  return { size, schema, store, desk: createDesk({ store, clocks, now, warmCases: 0 }) }
}

async function copy(pool: pg.Pool, schema: string, kind: string, count: number): Promise<void> {
  const table = (name: string) => `${schema}.redress_${name}`
  const own = (column: string) =>
    `replace(${column}::text, '${caseIdOf(kind, 0)}', '${kind}-' || lpad(n::text, 7, '0'))`
  const later = (column: string, seconds: string) =>
    `to_char(${column}::timestamptz AT TIME ZONE 'UTC' + ${seconds} * interval '1 s', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
  // Opened one every half a minute before the first; due one a second after it.
  const opened = later('opened_at', '-30 * n')
  const due = later('due_at', 'n')
  const of = (name: string) =>
    `FROM generate_series(1, ${count}) n, ${table(name)} WHERE case_id = '${caseIdOf(kind, 0)}' ORDER BY n`
  await pool.query(`INSERT INTO ${table('case')}
      (tenant, case_id, version, state, place, owner, opened_at, due_at, late_since, deadlines, body)
    SELECT tenant, ${own('case_id')}, version, state, place, owner || '-' || n % ${OWNERS}, ${opened}, ${due}, late_since,
      coalesce(replace(deadlines, due_at, ${due}), deadlines),
      replace(coalesce(replace(${own('body')}, due_at, ${due}), ${own('body')}), opened_at, ${opened}) ${of('case')}`)
  await pool.query(`INSERT INTO ${table('log')}
      (tenant, case_id, version, type, entered, occurred_at, recorded_at, body)
    SELECT tenant, ${own('case_id')}, version, type, entered, occurred_at, recorded_at, ${own('body')}
    ${of('log')}, version`)
  await pool.query(`INSERT INTO ${table('command')} (tenant, command_id, case_id, hash, first, last)
    SELECT tenant, ${own('command_id')}, ${own('case_id')}, hash, first, last ${of('command')}`)
  await pool.query(`INSERT INTO ${table('tie')} (tenant, kind, key, opened_at, case_id, changed_at)
    SELECT tenant, kind, CASE kind WHEN 'version' THEN key ELSE key || '-' || n / ${CASES_A_CAUSE} END, ${opened}, ${own('case_id')}, changed_at ${of('tie')}`)
}

/** Something that is done at a hall, and what has to be put back afterwards, untimed. */
interface Deed {
  does(hall: Hall): Promise<unknown>
  undoes?(hall: Hall, pool: pg.Pool): Promise<unknown>
}

const anyOf = (size: Size, kind: (typeof kinds)[number]['kind']) => {
  const one = kinds.find((each) => each.kind === kind) as (typeof kinds)[number]
  return Math.floor(Math.random() * howMany(size, one))
}
const anyCase = (size: Size) => caseIdOf('person', anyOf(size, 'person'))

/** What finding costs, by what is looked for. The one place to add a way of finding to. */
const finds: Readonly<Record<string, Deed['does']>> = {
  'a case, by its id': ({ desk, size }) => desk.look(anyCase(size)),
  'a log, by its case': async ({ desk, size }) => {
    let entries = 0
    for await (const _ of desk.log(anyCase(size))) entries++
    if (entries === 0) throw new Error('A log is empty')
  },
  'cases, by their cause': async ({ store, size }) => {
    const key = `packing × dispatch × -${Math.floor(anyOf(size, 'system') / CASES_A_CAUSE)}`
    if ((await store.tied('default', { kind: 'cause', key })).length === 0) throw new Error(`Nothing has ${key}`)
  },
  'a page of a phase': pageOf(() => ({ phase: 'person' })),
  'a page of a step, the newest first': pageOf(() => ({ step: 'deliver', newestFirst: true })),
  'a page of what an owner has open': pageOf(() => ({
    owner: `ana-${Math.floor(Math.random() * OWNERS)}`,
    phase: ['received', 'person', 'problem', 'system'],
  })),
  'a page of what is overdue': pageOf(() => ({ overdue: true })),
  'a page of a cause': pageOf((size) => ({
    cause: `packing × dispatch × -${Math.floor(anyOf(size, 'system') / CASES_A_CAUSE)}`,
  })),
}

function pageOf(search: (size: Size) => Search): Deed['does'] {
  return async ({ desk, size }) => {
    const { cases } = await desk.find(search(size))
    if (cases.length === 0) throw new Error('A page is empty')
  }
}

const iso = (time: number) => new Date(time).toISOString()

const deeds: Readonly<Record<string, Deed>> = {
  [`claim ${CLAIMED_AT_ONCE} of what is due`]: {
    async does({ store }) {
      const claim = { by: iso(NOW), limit: CLAIMED_AT_ONCE, now: iso(NOW), until: iso(NOW + 30_000) }
      const due = await store.claimDue('default', claim)
      if (due.length < CLAIMED_AT_ONCE) throw new Error(`Only ${due.length} are due`)
    },
    undoes: ({ schema }, pool) =>
      pool.query(
        `UPDATE ${schema}.redress_case SET leased_until = NULL
        WHERE tenant = 'default' AND due_at <= $1 AND leased_until IS NOT NULL`,
        [iso(NOW)],
      ),
  },
  'claim, where nothing is due': {
    async does({ store }) {
      const long = iso(NOW - 300 * DAY_MS)
      await store.claimDue('default', { by: long, limit: CLAIMED_AT_ONCE, now: iso(NOW), until: iso(NOW + 30_000) })
    },
  },
  'a step': {
    async does({ desk, size }) {
      const answer = await desk.send(anyCase(size), example('praise'), { id: crypto.randomUUID() })
      if (!answer.accepted) throw new Error(answer.refusal.sentence)
    },
  },
  ...Object.fromEntries(Object.entries(finds).map(([what, does]) => [`find ${what}`, { does }])),
}

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0

const server = await startPostgres(['-c', 'max_wal_size=16GB', '-c', 'checkpoint_timeout=1h'])
const pool = new pg.Pool({ connectionString: server.url, max: 4 })
pool.on('error', () => {})
try {
  const halls: Hall[] = []
  for (const size of ['few', 'many'] as const) {
    const start = performance.now()
    halls.push(await fill(pool, size))
    const { rows } = await pool.query(`SELECT count(*) AS cases FROM cases_${size}.redress_case`)
    const seconds = ((performance.now() - start) / 1000).toFixed(0)
    const { rows: tables } = await pool.query(
      `SELECT pg_size_pretty(sum(pg_total_relation_size(oid))) AS bytes FROM pg_class
       WHERE relnamespace = 'cases_${size}'::regnamespace AND relkind = 'r'`,
    )
    console.log(`${Number(rows[0].cases).toLocaleString('en')} cases, ${tables[0].bytes}, written in ${seconds} s`)
  }
  await pool.query('CHECKPOINT')
  for (const [name, { does, undoes }] of Object.entries(deeds)) {
    const took: Record<Size, number[]> = { few: [], many: [] }
    for (let round = -WARM_UP; round < ROUNDS; round++) {
      for (const hall of round % 2 === 0 ? halls : halls.toReversed()) {
        const start = performance.now()
        await does(hall)
        if (round >= 0) took[hall.size].push(performance.now() - start)
        await undoes?.(hall, pool)
      }
    }
    const [few, many] = [median(took.few), median(took.many)]
    const ratio = many / few
    const said = ratio > MOST ? `  more than ${MOST}` : ''
    console.log(`${name.padEnd(32)} ${few.toFixed(2)} ms  ${many.toFixed(2)} ms  ratio ${ratio.toFixed(2)}${said}`)
    if (ratio > MOST) process.exitCode = 1
  }
} finally {
  await pool.end()
  await server.stop()
}
