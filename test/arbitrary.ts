import fc from 'fast-check'
import { machine, type Protocol, protocols } from 'redress'
import { anyCommand, type Making, type Standing } from 'redress/fast-check'

/** Every protocol that is shipped. */
export const shipped: readonly Protocol[] = protocols

const shared = ({ state }: Standing) => {
  const [, step = 'share'] = state.split('.')
  return { type: 'shareStep', step, settled: 'done', causes: [] }
}

/** What only the desk sends, as it might come at any time: a passed deadline, news of other cases, an erasure. */
const internals: readonly ((now: Standing) => object)[] = [
  ({ facts }) => {
    const deadline = facts.deadlines?.find((one) => one.missed === undefined && one.leftMs === undefined)
    return { type: 'missDeadline', deadline: deadline?.name ?? 'own', due: deadline?.due ?? '2026-03-02T09:00:00.000Z' }
  },
  (now) => ({ ...shared(now), incident: now.facts.incident ?? 'case-0' }),
  (now) => ({ ...shared(now), incident: 'case-9' }),
  () => ({ type: 'changeFailed', cause: 'packing × dispatch × ', caseId: 'case-9' }),
  () => ({ type: 'erase', reason: 'request' }),
]

/** Any command at all, with the minutes since the one before: seldom days, so that deadlines and promises pass. */
export const anyJudged = (protocol: Protocol): fc.Arbitrary<{ readonly make: Making; readonly minutes: number }> => {
  const internal = fc.constantFrom(...internals).map((of) => (now: Standing) => ({ by: machine('desk'), ...of(now) }))
  return fc.record({
    make: fc.oneof(
      { weight: 9, arbitrary: anyCommand(protocol) },
      { weight: 1, arbitrary: internal as unknown as fc.Arbitrary<Making> },
    ),
    minutes: fc.constantFrom(1, 1, 1, 1, 30, 300, 3_000, 20_000),
  })
}
