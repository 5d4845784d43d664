import pg from 'pg'
import type { CasesAsked, Lanes } from 'redress'
import { createDesk, Phase, pocock } from 'redress'
import { postgresStore } from 'redress/postgres'
import { cleo, example, upTo } from 'redress/testing'
import 'redress/vitest'
import { afterAll, describe, expect, inject, it } from 'vitest'

const pool = new pg.Pool({ connectionString: inject('databaseUrl') })
afterAll(() => pool.end())

/** What PostgreSQL thinks worth to compile first (`jit_above_cost`), which takes longer than all that a desk asks. */
const WORTH_TO_COMPILE = 100_000
const costOf = (plan: string): number => Number(/cost=\d+\.\d+\.\.(\d+)/.exec(plan)?.[1])

const now = () => new Date('2026-01-03T00:00:00.000Z')
const day = (n: number) => `2026-01-0${n}T00:00:00.000Z`

let schemas = 0
const fresh = () => `plans_${process.pid}_${++schemas}`

/** The store, and the plan of every statement that it has the server run. */
function watched(schema: string) {
  const plans: string[] = []
  const client = {
    async query(config: { readonly name?: string; readonly text: string; readonly values: unknown[] }) {
      if (/^\s*(?:SELECT|WITH|UPDATE)/.test(config.text)) {
        const { rows } = await pool.query(`EXPLAIN ${config.text}`, config.values)
        plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'))
      }
      return pool.query(config)
    },
  }
  return { store: postgresStore(client, { schema }), plans }
}

/** Cases of three owners in every phase, one in a hundred late, each with a customer and one of twenty causes. */
async function fill(schema: string, cases: number, isKnown = true): Promise<void> {
  await postgresStore(pool, { schema }).load('default', 'nobody')
  await pool.query(`
    INSERT INTO ${schema}.redress_case
      (tenant, case_id, version, state, place, owner, opened_at, due_at, late_since, deadlines, body)
    SELECT 'default', 'filler-' || n, 1, 'person.listen',
      (ARRAY['${Phase.options.join("','")}'])[1 + n % 5] || CASE WHEN n % 5 < 4 THEN '.step-' || n % 10 ELSE '' END,
      'owner-' || n % 3, to_char(timestamp '2026-01-01' + n * interval '10 seconds', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      CASE WHEN n % 100 = 0 THEN '${day(2)}' END, CASE WHEN n % 200 = 0 THEN '${day(2)}' END, '[]', '{"version":1}'
    FROM generate_series(1, ${cases}) n;
    INSERT INTO ${schema}.redress_tie
    SELECT c.tenant, t.kind, t.key, c.opened_at, c.case_id, NULL
    FROM ${schema}.redress_case c CROSS JOIN LATERAL (VALUES
      ('customer', c.case_id), ('cause', 'cause-' || right(c.case_id, 1)), ('version', 'pocock@1/1')) t (kind, key);
    ${isKnown ? `ANALYZE ${schema}.redress_case, ${schema}.redress_tie` : ''}`)
}

const page: Pick<CasesAsked, 'newestFirst' | 'limit'> = { newestFirst: false, limit: 20 }
const asked: Readonly<Record<string, CasesAsked>> = {
  all: page,
  'the newest of all': { ...page, newestFirst: true },
  'a later page': { ...page, after: { openedAt: day(2), caseId: 'filler-1' } },
  'a phase': { ...page, phases: ['person'] },
  'what is open': { ...page, phases: ['received', 'person', 'problem', 'system'] },
  'a step': { ...page, step: 'step-3' },
  'an owner': { ...page, owner: 'owner-1' },
  'an owner’s in a phase': { ...page, owner: 'owner-1', phases: ['problem'] },
  'what is overdue': { ...page, overdueBy: day(3) },
  'what is overdue of what is open': {
    ...page,
    overdueBy: day(3),
    phases: ['received', 'person', 'problem', 'system'],
  },
  'a period': { ...page, openedFrom: day(1), openedTo: day(2) },
  'a customer': { ...page, tied: [{ kind: 'customer', key: 'filler-7' }] },
  'a cause in a phase': { ...page, tied: [{ kind: 'cause', key: 'cause-3' }], phases: ['system'] },
}

describe('PostgreSQL goes by an index', () => {
  it('to a case, what is due and what it writes, whether it knows the tables or they have just been made', async () => {
    for (const cases of [0, 20_000]) {
      const schema = fresh()
      if (cases > 0) await fill(schema, cases)
      const { store, plans } = watched(schema)
      const desk = createDesk({ store, now })
      const opened = await desk.open({
        by: example('own').by,
        customer: cleo.id,
        channel: 'phone',
        words: 'It broke.',
        caseId: 'case-1',
      })
      expect(opened).toBeAccepted()
      for (const [n, command] of upTo(pocock).entries()) {
        expect(await desk.send('case-1', command, { id: `send-${n}` })).toBeAccepted()
      }
      await desk.send('case-1', example('praise'), { id: 'send-0' })
      await Promise.all(['reopen', 'praise'].map((type, n) => desk.send('case-1', example(type), { id: `more-${n}` })))
      await desk.look('case-1')
      await desk.tick()
      expect(plans.length).toBeGreaterThan(20)
      expect(plans.filter((plan) => /Seq Scan on redress_/.test(plan))).toEqual([])
      const toTheCase = plans.flatMap((plan) => plan.match(/Index (?:Only )?Scan using \S+ on redress_case \w+/g) ?? [])
      expect(toTheCase.filter((line) => !/redress_case_(?:pkey|due)/.test(line))).toEqual([])
      // Whether a case is in an incident is asked of that case: to read all incidents is cheap only until there are some.
      const ofAnIncident = plans.flatMap((plan) => plan.match(/Scan using \S+ on redress_tie i\b/g) ?? [])
      expect(new Set(ofAnIncident)).toEqual(new Set(['Scan using redress_tie_case on redress_tie i']))
      expect(Math.max(...plans.map(costOf))).toBeLessThan(WORTH_TO_COMPILE)
    }
  })

  it('to lanes and to what is new in the log, whether it knows the tables or they have just been made', async () => {
    for (const cases of [0, 20_000]) {
      const schema = fresh()
      const { store, plans } = watched(schema)
      const lanes = store.lanes as Lanes
      await lanes.subscribe('default', 's', { since: day(1), onlyNew: true })
      if (cases > 0) {
        await fill(schema, cases)
        await pool.query(`
          INSERT INTO ${schema}.redress_log (tenant, case_id, version, type, occurred_at, recorded_at, body, xid)
          SELECT tenant, case_id, v, 'praise', '${day(1)}', '${day(1)}', '{}', -row_number() OVER () FROM ${schema}.redress_case, generate_series(1, 3) v;
          INSERT INTO ${schema}.redress_lane (tenant, subscription, case_id, next, newest, due_at, token)
          SELECT tenant, 's', case_id, 4, 3, CASE WHEN right(case_id, 1) = '7' THEN '${day(9)}' END, 1
          FROM ${schema}.redress_case;
          ANALYZE ${schema}.redress_log, ${schema}.redress_lane`)
      }
      plans.length = 0
      // Once more, as each process does that starts.
      await lanes.subscribe('default', 's', {})
      const desk = createDesk({ store: postgresStore(pool, { schema }) })
      await desk.open({ by: example('own').by, customer: cleo.id, channel: 'phone', words: 'It broke.', caseId: 'one' })
      const times = { now: day(3), latest: '2027-01-01T00:00:00.000Z' }
      expect(await lanes.stirring('default', ['s'], times)).toEqual(['s'])
      const [lane] = await lanes.claim('default', 's', { ...times, until: day(4), limit: 16 })
      expect(lane).toMatchObject({ caseId: 'one', next: 1 })
      const settlement = {
        subscription: 's',
        caseId: 'one',
        token: lane?.token ?? 0,
        next: 1,
        now: day(3),
        attempts: 1,
        parked: 'E',
      }
      expect(await lanes.settle('default', [settlement])).toEqual([true])
      expect(await lanes.parked('default', 's', 10)).toHaveLength(1)
      expect(await lanes.release('default', { ...settlement, version: 1 }, false, day(3))).toBe(true)
      expect(await lanes.replay('default', 's', { now: day(3) })).toBe(true)
      expect(await lanes.backlogs('default', day(3))).toMatchObject([{ subscription: 's' }])
      await lanes.claim('default', 's', { ...times, until: day(4), limit: 16 })
      expect(plans.length).toBeGreaterThan(8)
      // What an older one of that name left is looked for where the subscription is new, and never there.
      const often = plans.filter((plan) => !/^Delete on redress_lane.*One-Time Filter/s.test(plan))
      expect(often.filter((plan) => /Seq Scan on redress_(?:log|lane|case|command)/.test(plan))).toEqual([])
      expect(Math.max(...often.map(costOf))).toBeLessThan(WORTH_TO_COMPILE)
    }
  })

  it('to the cases that are looked for, a page of them at a time', async () => {
    const schema = fresh()
    await fill(schema, 20_000)
    const { store, plans } = watched(schema)
    for (const [what, one] of Object.entries(asked)) {
      // The longest page that a desk takes, and one more to see whether there is a next.
      for (const limit of [20, 501]) {
        plans.length = 0
        const found = await store.find('default', { ...one, limit })
        expect(found.length, what).toBeGreaterThan(0)
        expect(plans, what).toHaveLength(1)
        if (limit === 20) expect(plans[0], what).not.toMatch(/Seq Scan on redress_/)
        expect(costOf(plans[0] as string), what).toBeLessThan(WORTH_TO_COMPILE)
      }
    }
  })

  it('to the cases of a period, whether it knows the tables or not', async () => {
    for (const isKnown of [true, false]) {
      const schema = fresh()
      await fill(schema, 20_000, isKnown)
      const { store, plans } = watched(schema)
      const { complaints } = await (store.insights as NonNullable<typeof store.insights>)('default', {
        from: day(1),
        to: '2026-01-01T01:00:00.000Z',
        resolvedByDelivery: [],
      })
      expect(complaints).toBe(359)
      expect(plans).toHaveLength(1)
      expect(plans[0]).toMatch(/redress_case_place[^\n]*\n *Index Cond: \(\(place = p\w*\.place\)[^\n]*opened_at >= /)
      expect(plans[0]).not.toMatch(/Seq Scan on redress_case/)
    }
  })
})
