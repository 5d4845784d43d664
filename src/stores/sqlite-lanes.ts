import type { Entry } from '../machine/case.ts'
import type { Instant } from '../protocol/words.ts'
import type { Backlog, LaneInHand, LaneName, Lanes, LaneTimes, ParkedLane } from './lanes.ts'
import { CASES_AT_ONCE, NEWS_AT_ONCE } from './lanes.ts'
import type { SqliteDatabase } from './sqlite-database.ts'
import { laneStatements } from './sqlite-lane-sql.ts'

interface Row {
  readonly since: string
  readonly onlyNew: number
  readonly reached: number
  readonly walkAfter: string | null
  readonly walkSince: string
  readonly rewinds: number
}

type Run = <T>(work: () => T) => T

/**
 * The lanes of a SQLite store. SQLite has one writer at a time, so that entries are numbered (`seq`) in the order in
 * which they are committed: what comes behind the number that a subscription has reached is new, and nothing else is.
 */
export function sqliteLanes(db: SqliteDatabase, asked: Run, transaction: Run): Lanes {
  const sql = laneStatements(db)

  type Key = { readonly tenant: string; readonly subscription: string }

  function gather(key: Key, { since, onlyNew, reached, walkAfter, walkSince }: Row, now: Instant): void {
    const { tenant } = key
    const news = [...sql.selectNews.iterate({ tenant, reached })] as unknown as readonly {
      readonly seq: number
      readonly caseId: string
      readonly version: number
      readonly recordedAt: Instant
    }[]
    for (const { caseId, version, recordedAt } of news) {
      const due = recordedAt < now ? recordedAt : now
      if (Number(sql.noteNews.run({ ...key, caseId, version, due }).changes) > 0) continue
      // While older cases are given their lanes, what came before counts as well.
      const from = walkAfter !== null && walkSince < since ? walkSince : since
      const { first } = sql.firstSince.get({ tenant, caseId, since: from }) as { readonly first: number | null }
      const next = onlyNew ? (walkAfter === null ? version : Math.min(version, first ?? version)) : first
      if (next !== null && next <= version) sql.insertLane.run({ ...key, caseId, next, newest: version, now: due })
    }
    const isAll = news.length < NEWS_AT_ONCE
    sql.reach.run({ ...key, reached: isAll ? null : (news.at(-1)?.seq ?? null) })
  }

  function give(
    key: Key,
    caseId: string,
    newest: number,
    next: number | null,
    rewinds: boolean,
    now: Instant,
  ): boolean {
    if (next === null || next > newest) return false
    const { first } = sql.firstNew.get({ ...key, caseId }) as { readonly first: number | null }
    sql.insertLane.run({ ...key, caseId, next: Math.min(next, first ?? next), newest, now })
    if (rewinds) sql.rewind.run({ ...key, caseId, next, now })
    return true
  }

  function walk(key: Key, { walkAfter, walkSince: since, rewinds }: Row, now: Instant): void {
    const { tenant } = key
    const cases = [...sql.selectCases.iterate({ tenant, walkAfter })] as { caseId: string; version: number }[]
    for (const { caseId, version } of cases) {
      const { first } = sql.firstSince.get({ tenant, caseId, since }) as { readonly first: number | null }
      give(key, caseId, version, first, rewinds === 1, now)
    }
    const last = cases.length < CASES_AT_ONCE ? undefined : cases.at(-1)
    sql.walkOn.run({ ...key, walkAfter: last?.caseId ?? null })
  }

  function claimed(key: Key, caseId: string, { now, until }: { readonly now: Instant; readonly until: Instant }) {
    const lane = { ...(sql.take.get({ ...key, caseId, now, until }) as Omit<LaneInHand, 'entries'>) }
    const rows = [...sql.selectEntries.iterate({ tenant: key.tenant, caseId, next: lane.next })] as { body: string }[]
    return { ...lane, entries: rows.map(({ body }) => JSON.parse(body) as Entry) }
  }

  const rowOf = (key: Key): Row | undefined => sql.selectSubscription.get({ ...key }) as Row | undefined

  function lookForNews(key: Key, now: Instant): void {
    const row = rowOf(key)
    if (row === undefined) return
    gather(key, row, now)
    if (row.walkAfter !== null) walk(key, row, now)
  }

  return {
    async subscribe(tenant, subscription, { since = '', onlyNew = false }) {
      const walkAfter = onlyNew ? null : ''
      transaction(() =>
        sql.insertSubscription.run({ tenant, subscription, since, onlyNew: Number(onlyNew), walkAfter }),
      )
    },

    async stirring(tenant, subscriptions, { now, latest }: LaneTimes) {
      return asked(() =>
        subscriptions.filter((subscription) => {
          const row = sql.isStirring.get({ tenant, subscription, now, latest }) as
            | { readonly stirs: number }
            | undefined
          return row?.stirs === 1
        }),
      )
    },

    async claim(tenant, subscription, { now, latest, until, limit }) {
      const key = { tenant, subscription }
      return transaction(() => {
        lookForNews(key, now)
        const due = [...sql.selectDue.iterate({ ...key, now, limit })] as LaneName[]
        const putOff = [...sql.selectPutOff.iterate({ ...key, latest, limit })] as LaneName[]
        return [...due, ...putOff].slice(0, limit).map(({ caseId }) => claimed(key, caseId, { now, until }))
      })
    },

    async settle(tenant, settlements) {
      return transaction(() =>
        settlements.map(({ firstAt = null, keptUntil = null, retryAt = null, parked = null, ...one }) => {
          const { subscription, caseId, token, next, now, attempts } = one
          const given = { tenant, subscription, caseId, token, next, now, attempts }
          const { changes } = sql.settle.run({ ...given, firstAt, keptUntil, retryAt, parked })
          return Number(changes) === 1
        }),
      )
    },

    async parked(tenant, name, limit) {
      const rows = asked(() => [...sql.selectParked.iterate({ tenant, subscription: name ?? null, limit })])
      return rows.map((row) => ({ ...(row as ParkedLane) }))
    },

    async release(tenant, { subscription, caseId, version }, skip, now) {
      const next = skip ? version + 1 : version
      const { changes } = asked(() => sql.release.run({ tenant, subscription, caseId, version, next, now }))
      return Number(changes) === 1
    },

    async replay(tenant, subscription, { caseId, version = 1, since = '', now }) {
      const key = { tenant, subscription }
      return transaction(() => {
        if (rowOf(key) === undefined) return false
        if (caseId === undefined) return Number(sql.walkAgain.run({ ...key, since }).changes) === 1
        const found = sql.selectCase.get({ tenant, caseId }) as { readonly version: number } | undefined
        return found !== undefined && give(key, caseId, found.version, version, true, now)
      })
    },

    async backlogs(tenant, now) {
      const names = () => [...sql.selectBacklogs.iterate({ tenant })] as unknown as readonly Backlog[]
      return transaction(() => {
        for (const { subscription } of names()) lookForNews({ tenant, subscription }, now)
        return names().map((row) => ({ ...row }))
      })
    },

    async forget(tenant, subscription) {
      return transaction(() => {
        sql.deleteLanes.run({ tenant, subscription })
        return Number(sql.deleteSubscription.run({ tenant, subscription }).changes) === 1
      })
    },
  }
}
