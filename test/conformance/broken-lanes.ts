import type { LaneClaim, LaneInHand, Lanes, Store } from 'redress'
import type { Fault } from './broken-handles.ts'

/** A store whose lanes answer some calls otherwise. */
const withLanes =
  (fault: (lanes: Lanes, store: Store) => Partial<Lanes>): Fault =>
  (store) => ({ lanes: { ...lanesOf(store), ...fault(lanesOf(store), store) } })

const lanesOf = ({ lanes }: Store): Lanes => lanes as Lanes

/** What is claimed, otherwise. */
const claimed = (fault: (lane: LaneInHand, claim: LaneClaim) => LaneInHand | undefined) =>
  withLanes((lanes) => ({
    claim: async (tenant, name, claim) =>
      (await lanes.claim(tenant, name, claim)).flatMap((lane) => fault(lane, claim) ?? []),
  }))

/** Stores that break what holds of lanes. */
export const brokenLanes: Readonly<Record<string, Fault>> = {
  'a subscription gets what is committed from then on, or from a moment on, or all of it': withLanes((lanes) => ({
    subscribe: (tenant, name, start) => lanes.subscribe(tenant, name, { ...start, onlyNew: false }),
  })),
  'a lane hands out the entries of its case in order and without a gap, until all are settled': claimed((lane) => ({
    ...lane,
    entries: lane.entries.slice(-1),
  })),
  // Nobody compares the token.
  'a lane that is in hand nobody else is given until its lease is over, and who lost it can’t settle it': withLanes(
    (lanes) => ({
      async settle(tenant, all) {
        await lanes.settle(tenant, all)
        return all.map(() => true)
      },
    }),
  ),
  'a lane that is put off comes back at its time, and one that a wrong clock put off comes at once': withLanes(
    (lanes) => ({
      settle: (tenant, all) =>
        lanes.settle(
          tenant,
          all.map(({ retryAt: _, ...one }) => one),
        ),
    }),
  ),
  // Goes on behind what it could not deliver.
  'a parked lane is in sight and holds up its own case alone, until it is retried or skipped': withLanes((lanes) => ({
    settle: (tenant, all) =>
      lanes.settle(
        tenant,
        all.map(({ parked, next, ...one }) => ({ ...one, next: parked === undefined ? next : next + 1 })),
      ),
  })),
  'what was delivered is delivered again from where it is asked, and nobody who has it in hand can settle it':
    withLanes(() => ({ replay: async () => true })),
  'what an erasure rewrites is handed out as it is now': (store) => {
    const first = new Map<string, unknown>()
    return {
      async commit(batch) {
        for (const { entries } of batch) for (const one of entries) first.set(`${one.caseId} ${one.version}`, one)
        return store.commit(batch)
      },
      lanes: {
        ...lanesOf(store),
        claim: async (...of) =>
          (await lanesOf(store).claim(...of)).map((lane) => ({
            ...lane,
            entries: lane.entries.map((one) => first.get(`${one.caseId} ${one.version}`) as never),
          })),
      },
    }
  },
  'of hundreds of older cases a subscription gets each': claimed((lane) =>
    Number(lane.caseId.slice(5)) < 1_000 ? lane : undefined,
  ),
  // Counts what is parked as behind.
  'it is known of each subscription how many cases it is behind, and how many are parked': withLanes((lanes) => ({
    backlogs: async (...of) =>
      (await lanes.backlogs(...of)).map((one) => ({ ...one, behind: one.behind + one.parked })),
  })),
  // Its lanes stay.
  'a subscription that is forgotten hands out nothing, and begins anew when it is made again': withLanes(() => ({
    forget: async () => true,
  })),
  'what the host commits late is delivered, in its order, however much was delivered before it': (store, handle) => ({
    // A mark that is set where the newest entry was seen: what is committed behind it stays behind.
    ...store,
    ...(handle > 1 && {
      lanes: {
        ...lanesOf(store),
        claim: async (...of) =>
          (await lanesOf(store).claim(...of)).map((lane) => ({ ...lane, entries: lane.entries.slice(1) })),
      },
    }),
  }),
  'a lane that is settled within the host’s transaction is settled with it, or not at all': (store) => ({
    // Settled beside the transaction.
    within: (tx) => ({ ...(store.within?.(tx) as Store), lanes: { ...lanesOf(store), settle: async () => [true] } }),
  }),
}
