import { pocock } from '../../protocol/catalogue.ts'
import { example, upTo } from '../example.ts'
import type { ConformanceCase } from './clause.ts'
import { same } from './clause.ts'
import { history } from './history.ts'
import { hour, officeAt } from './office.ts'

/** What ties cases to each other, and what that shows. */
export const ties: readonly ConformanceCase[] = [
  {
    name: 'cases are found by what ties them, within their tenant',
    requires: [],
    async check(store) {
      const [opening, next] = history('case-1')
      const [other] = history('case-2')
      const ties = [{ kind: 'cause' as const, key: 'scale × dispatch × ' }]
      await store.commit([opening, { ...next, ties }, { ...other, ties }, { ...other, tenant: 'other', ties }])
      same(await store.tied('t', { kind: 'cause', key: 'scale × dispatch × ' }), ['case-1', 'case-2'], 'tied')
      same(await store.tied('t', { kind: 'incident', key: 'scale × dispatch × ' }), [], 'tied by something else')
    },
  },
  {
    name: 'tied cases come in the order in which they were opened, and a tie that is gone ties no more',
    requires: [],
    async check(store) {
      const [first, next, third] = history('case-2')
      const [later, laterNext] = history('case-1', '2026-03-02T09:00:00.001Z')
      const tie = { kind: 'cause' as const, key: 'scale × dispatch × ' }
      const ties = [tie]
      await store.commit([
        { ...later, ties },
        { ...first, ties },
        { ...laterNext, ties },
        { ...next, ties },
      ])
      same(await store.tied('t', tie), ['case-2', 'case-1'], 'tied')
      await store.commit([{ ...third, ties: [{ kind: 'incident', key: 'case-0' }] }])
      same(await store.tied('t', tie), ['case-1'], 'tied after one was let go')
      same(await store.tied('t', { kind: 'incident', key: 'case-0' }), ['case-2'], 'tied anew')
    },
  },
  {
    name: 'ties that a commit leaves out stay as they were',
    requires: [],
    async check(store) {
      const [opening, next, third] = history('case-1')
      const tie = { kind: 'incident' as const, key: 'case-0' }
      await store.commit([{ ...opening, ties: [tie] }])
      await store.commit([{ ...next, ties: undefined }])
      same(await store.tied('t', tie), ['case-1'], 'tied')
      await store.commit([{ ...third, ties: [] }])
      same(await store.tied('t', tie), [], 'tied once there are none')
    },
  },
  {
    name: 'a commit that says what tied its case before leaves the ties that it brings, and no other',
    requires: [],
    async check(store) {
      const cause = (key: string, changedAt?: string) => ({
        kind: 'cause' as const,
        key,
        ...(changedAt && { changedAt }),
      })
      const change = '2026-03-03T09:00:00.000Z'
      const retied = [
        { before: [cause('van')], ties: [cause('van'), cause('label'), cause('label')] },
        { before: [cause('van'), cause('label')], ties: [cause('label')] },
        { before: [cause('van')], ties: [cause('van', change)] },
        { before: [cause('van')], ties: [cause('van')] },
        { before: [], ties: [cause('van')] },
      ].map((one, n) => ({ ...one, history: history(`case-${n}`, n === 4 ? '2026-03-04T09:00:00.000Z' : undefined) }))
      await store.commit(retied.map(({ history: [opening], before: ties }) => ({ ...opening, ties })))
      await store.mark('t', 'case-3', 'unreadable')
      await store.commit(
        retied.map(({ history: [, next], before: tiedBefore, ties }) => ({ ...next, ties, tiedBefore })),
      )
      same(await store.tied('t', cause('van')), ['case-0', 'case-2', 'case-3', 'case-4'], 'tied by what stayed')
      same(await store.tied('t', cause('label')), ['case-0', 'case-1'], 'tied by what came')
      same(await store.keys('t', 'attention'), [], 'marks')
      const shown = { cause: 'van', changed: 'case-2', changedAt: change, came: 'case-4' }
      same(await store.recurrences('t', ['van']), [shown], 'what was changed')
    },
  },
  {
    name: 'every key that ties a case is listed once, in order, within its kind and its tenant',
    requires: [],
    async check(store) {
      const [opening, next] = history('case-1')
      const [other] = history('case-2')
      const cause = (key: string) => ({ kind: 'cause' as const, key })
      await store.commit([
        { ...opening, ties: [cause('van'), cause('label'), { kind: 'incident', key: 'case-0' }] },
        { ...other, ties: [cause('van'), cause('scale')] },
        { ...other, tenant: 'other', ties: [cause('till')] },
      ])
      same(await store.keys('t', 'cause'), ['label', 'scale', 'van'], 'keys')
      same(await store.keys('t', 'customer'), [], 'keys of another kind')
      await store.commit([{ ...next, ties: [cause('van')] }])
      same(await store.keys('t', 'cause'), ['scale', 'van'], 'keys once one ties no case')
    },
  },
  {
    name: 'a mark ties a case, touches nothing else of it, and goes with the next commit that brings ties',
    requires: [],
    async check(store) {
      const [opening, next, third] = history('case-1')
      const tie = { kind: 'cause' as const, key: 'scale' }
      const mark = { kind: 'attention' as const, key: 'unreadable' }
      await store.commit([{ ...opening, ties: [tie] }])
      await store.mark('t', 'case-1', 'unreadable')
      await store.mark('t', 'nobody', 'unreadable')
      same([await store.tied('t', mark), await store.tied('t', tie)], [['case-1'], ['case-1']], 'tied')
      same(await store.load('t', 'case-1'), opening.state, 'state')
      same(await store.load('t', 'nobody'), undefined, 'a case that is not there')
      same(await store.commit([next]), [{ outcome: 'committed' }], 'a commit without ties')
      same(await store.tied('t', mark), ['case-1'], 'tied after a commit without ties')
      await store.commit([{ ...third, ties: [tie] }])
      same([await store.tied('t', mark), await store.tied('t', tie)], [[], ['case-1']], 'tied after one with ties')
    },
  },
  {
    name: 'keys of ties that differ in a letter’s case, its accents or a blank at their end are different',
    requires: [],
    async check(store) {
      const keys = ['scale × ', 'scale ×', 'Scale × ', 'scale × é', 'scale × e\u0301', `${'泣'.repeat(600)} `]
      for (const [index, key] of keys.entries()) {
        const [opening] = history(`case-${index}`)
        await store.commit([{ ...opening, ties: [{ kind: 'cause', key }] }])
      }
      for (const [index, key] of keys.entries()) {
        same(await store.tied('t', { kind: 'cause', key }), [`case-${index}`], `tied by “${key}”`)
      }
      same(await store.tied('t', { kind: 'cause', key: '泣'.repeat(600) }), [], 'tied by all but the last character')
    },
  },
  {
    name: 'a change did not hold when a case of its cause was opened later, unless that is part of an incident',
    requires: [],
    async check(store) {
      const { play } = officeAt(store)
      const cause = 'packing × dispatch × '
      const recurred = (tenant = 't', except?: string) => store.recurrences(tenant, [cause, 'another'], except)
      same(await recurred(), [], 'a cause that nobody found')
      await play('case-3', 0, upTo(pocock, 'improve'))
      same(await recurred(), [], 'a cause without a change')
      await play('case-2', 1, upTo(pocock, 'share'))
      await play('case-1', 1, upTo(pocock, 'improve'))
      same(await recurred(), [], 'no case later than the change, to the moment')
      await play('case-4', 2, [...upTo(pocock, 'improve'), example('joinIncident', { incident: 'case-3' })])
      same(await recurred(), [], 'a case that is part of an incident')
      await play('case-6', 3, upTo(pocock, 'improve'))
      await play('case-5', 3, upTo(pocock, 'improve'))
      const held = [{ cause, changed: 'case-2', changedAt: hour(1), came: 'case-5' }]
      same(await recurred(), held, 'the newest case, of two the first by id')
      // As many as a case may have, of several cases at once.
      const others = Array.from({ length: 2_499 }, (_, n) => `cause ${n}`)
      const asked = Array.from({ length: 7 }, () => store.recurrences('t', [...others, cause]))
      for (const answer of await Promise.all(asked)) same(answer, held, 'one of thousands of causes')
      same(await recurred('other'), [], 'another tenant')
      await play('case-5', 4, [example('improve')])
      same(await recurred(), [], 'a newer change')
      same(
        await recurred('t', 'case-5'),
        [{ cause, changed: 'case-2', changedAt: hour(1), came: 'case-5' }],
        'a newer change, but that one left out',
      )
    },
  },
]
