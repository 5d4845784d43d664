import type { RedressError } from '../errors.ts'
import type { Entry } from '../machine/case.ts'
import type { Id, Instant } from '../protocol/words.ts'
import type { Backlog, LaneInHand, Lanes, ParkedLane } from './lanes.ts'
import type { Ask } from './postgres-client.ts'
import { sqlState } from './postgres-client.ts'
import { laneSql } from './postgres-lane-sql.ts'

/** Another worker’s statement came between: the same again passes. */
const passing = ['23505', '40P01', '40001']
/** A lane that was changed while the statement ran is found by the next; one that is in other hands by none. */
const SETTLE_TRIES = 3

/**
 * The lanes of a PostgreSQL store.
 *
 * How nothing is missed. Numbers and times that are given while a transaction runs are out of order once it commits: who
 * reads “all that is newer than the last” never sees what a longer transaction commits below it. So each entry carries
 * the id of its transaction (`xid`), and a subscription keeps the snapshot by which it read last: the id below which all
 * transactions were over (`reached`), but for those that were still open (`open`). New to the next snapshot are the
 * entries with an id from `reached` on, and those of the transactions that were open then: no more and no fewer, and a
 * transaction that stays open for hours holds up nothing and is found on the day that it ends. A page that is full moves
 * `reached` to behind its last transaction, with those of its snapshot that are open below it. A snapshot that is older
 * than the last one used finds less, and sets `reached` back; then something is found twice, which changes no lane.
 *
 * What it costs: one more index of the log, `(xid, tenant)`, which grows at its end; commits know nothing of subscriptions.
 * Notes in lanes (`gather`) are one statement of one worker at a time, while the others go on to claim.
 */
export function postgresLanes(ask: Ask, table: (name: string) => string, maxTries: number): Lanes {
  const sql = laneSql(table)
  const asked = async <Row>(name: keyof typeof sql, values: readonly unknown[]): Promise<readonly Row[]> => {
    for (let tries = 1; ; tries++) {
      try {
        return await ask<Row>(`lane_${name}`, sql[name], values)
      } catch (error) {
        const state = sqlState((error as RedressError).cause)
        if (tries >= maxTries || state === undefined || !passing.includes(state)) throw error
        await new Promise((resume) => setTimeout(resume, Math.random() * 2 ** tries))
      }
    }
  }

  async function lookForNews(tenant: string, subscription: Id, now: Instant): Promise<void> {
    const [gathered] = await asked<{ readonly walks: boolean }>('gather', [tenant, subscription, now])
    if (gathered?.walks) await asked('walk', [tenant, subscription, now])
  }

  return {
    async subscribe(tenant, subscription, { since = '', onlyNew = false }) {
      await asked('subscribe', [tenant, subscription, since, onlyNew])
    },

    async stirring(tenant, subscriptions, { now, latest }) {
      const names = JSON.stringify(subscriptions)
      const rows = await asked<{ readonly name: Id }>('stirring', [tenant, names, now, latest])
      return rows.map(({ name }) => name)
    },

    async claim(tenant, subscription, { now, latest, until, limit }) {
      await lookForNews(tenant, subscription, now)
      type Row = Omit<LaneInHand, 'subscription' | 'entries'> & { readonly body: string | null }
      const rows = await asked<Row>('claim', [tenant, subscription, now, latest, until, limit])
      const lanes = new Map<Id, LaneInHand & { readonly entries: Entry[] }>()
      for (const { body, ...row } of rows) {
        const lane = lanes.get(row.caseId) ?? { ...row, subscription, entries: [] }
        lanes.set(row.caseId, lane)
        if (body !== null) lane.entries.push(JSON.parse(body) as Entry)
      }
      return [...lanes.values()]
    },

    async settle(tenant, settlements) {
      const input = settlements.map((one, n) => ({ n, ...one }))
      const held = new Set<number>()
      for (let tries = 0; tries < SETTLE_TRIES && held.size < input.length; tries++) {
        const rest = input.filter(({ n }) => !held.has(n))
        const rows = await asked<{ readonly n: number }>('settle', [tenant, JSON.stringify(rest)])
        for (const { n } of rows) held.add(n)
      }
      return settlements.map((_, n) => held.has(n))
    },

    async parked(tenant, subscription, limit) {
      return (await asked<ParkedLane>('parked', [tenant, subscription ?? null, limit])).map((row) => ({ ...row }))
    },

    async release(tenant, { subscription, caseId, version }, skip, now) {
      const next = skip ? version + 1 : version
      return (await asked('release', [tenant, subscription, caseId, version, next, now])).length > 0
    },

    async replay(tenant, subscription, { caseId, version = 1, since = '', now }) {
      if (caseId === undefined) return (await asked('walkAgain', [tenant, subscription, since])).length > 0
      return (await asked('replay', [tenant, subscription, caseId, version, now])).length > 0
    },

    async backlogs(tenant, now) {
      const known = await asked<Pick<Backlog, 'subscription'>>('subscriptions', [tenant])
      for (const { subscription } of known) await lookForNews(tenant, subscription, now)
      return (await asked<Backlog>('backlogs', [tenant])).map((row) => ({ ...row }))
    },

    async forget(tenant, subscription) {
      // First what lanes are made by, so that none is made behind them; who is cut short in between forgets again.
      const forgotten = await asked('forget', [tenant, subscription])
      await asked('forgetLanes', [tenant, subscription])
      return forgotten.length > 0
    },
  }
}
