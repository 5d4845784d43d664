import type { CaseView, Clocks, CommandInput, Protocol, Store } from 'redress'
import { courteous, createDesk, full, latte, officeHours, person, pocock, solomon, taylor } from 'redress'
import { temporalWorkingTime } from 'redress/clocks'
import { aComplaint, ana, ben, cleo, exampleOf, upTo } from 'redress/testing'

const HOUR_MS = 3_600_000
const BEGIN = Date.parse('2026-03-02T09:00:00.000Z')

export const protocols = [pocock, latte, solomon, taylor, full] as const
const clocks: Clocks = {
  policies: [courteous],
  calendars: { default: officeHours('Europe/Berlin') },
  workingTime: temporalWorkingTime,
}

/** A small generator of numbers, so that a history can be had again. */
function diceOf(seed: number) {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return { below, chance: (of: number) => next() < of, pick: <T>(from: readonly T[]) => from[below(from.length)] as T }
}

/**
 * Drives so many cases, and one more, through a desk, on a clock of its own: most of the time the step that is due, now and then
 * something else, some of it refused. The same seed gives the same history, whatever the store.
 */
export async function live(store: Store, seed: number, cases: number): Promise<void> {
  const dice = diceOf(seed)
  let time = BEGIN
  const now = () => new Date(time)
  const instant = (hours: number) => new Date(time + hours * HOUR_MS).toISOString()
  const desk = createDesk({ store, protocols, clocks, now })
  const open: string[] = []
  for (let opened = 0; opened < cases || dice.chance(0.995); ) {
    time += dice.below(90) * 60_000 + dice.below(1000)
    if (dice.chance(0.3)) await desk.tick()
    if (opened < cases && dice.chance(0.05)) {
      const caseId = `case-${opened++}`
      await desk.open({
        ...aComplaint,
        at: instant(-dice.below(3)),
        caseId,
        protocol: dice.pick(protocols).id,
        ...(dice.chance(0.1) ? { customer: undefined, anonymous: true as const } : {}),
      })
      open.push(caseId)
      continue
    }
    if (open.length === 0) continue
    const caseId = dice.pick(open)
    const view = await desk.look(caseId)
    const protocol = protocols.find((one) => `${one.id}@${one.version}` === view.protocol) as Protocol
    const say = (type: string, other: object = {}) =>
      exampleOf(protocol, type, { by: person(view.facts.owner ?? ana.id), ...other })
    const command = dice.chance(0.7)
      ? due(view, say, dice.pick, instant)
      : other(view, say, dice.pick, instant, dice.pick(open))
    const late = dice.chance(0.1) ? { at: instant(-dice.below(5)) } : {}
    await desk.send(caseId, { ...command, ...late })
  }
  // The last one shows that whatever was changed about the packing did not hold.
  time += HOUR_MS
  await desk.open({ ...aComplaint, at: undefined, caseId: `case-${cases}` })
  const promises = [{ text: 'A new lamp', maker: ana, inControl: true, latest: instant(24) }]
  await desk.send(`case-${cases}`, upTo(pocock, 'improve', { agree: { promises } }))
}

type Say = (type: string, other?: object) => CommandInput
type Pick = <T>(from: readonly T[]) => T

const parts = ['packing', 'packing', 'packing', 'scale', 'scale', 'van', 'label', 'lamp', 'bulb', 'card', 'tape']

function due({ due, facts }: CaseView, say: Say, pick: Pick, instant: (hours: number) => string): object {
  const open = facts.promises.filter((one) => one.state === 'open').map((one) => one.id)
  const promise = () => ({ text: 'A new lamp', maker: ana, inControl: true, latest: instant(pick([30, 200, 900])) })
  switch (due) {
    case undefined:
      return say(pick(['reopen', 'praise', 'contain', 'contain', 'listen', 'listen']))
    case 'agree':
      return say('agree', { promises: [promise(), { ...promise(), cost: pick([0, 20, 30, 450]) }].slice(pick([0, 1])) })
    case 'deliver':
      return say('deliver', { kept: open })
    case 'confirm':
      return say('confirm', { resolved: pick(['yes', 'yes', 'partly', 'no']) })
    case 'surprise':
      return say('surprise', { cost: pick([5, 10]) })
    case 'investigate':
      return say('investigate', {
        causes: [...new Set([pick(parts), pick(parts)])].map((part) => ({
          part,
          stage: 'dispatch',
          text: 'So it is.',
        })),
      })
    case 'improve':
      return say('improve', { keepDoing: ['The kind driver.'] })
    case 'verify':
      return say('verify', { before: 3, after: pick([0, 1, 3]) })
    default:
      return say(due)
  }
}

function other(
  { due, facts }: CaseView,
  say: Say,
  pick: Pick,
  instant: (hours: number) => string,
  incident: string,
): object {
  const promise = facts.promises.findLast((one) => one.state === 'open')?.id ?? 'p1'
  const second = { by: facts.owner === ben.id ? ana : ben }
  if (facts.handOff !== undefined) return say('acceptHandOff', { by: person(facts.handOff.to) })
  return pick([
    () => say('waive', { step: due ?? 'listen', ...second }),
    () => say('setPriority', { reasons: pick([['reach'], ['harm', 'volume'], ['harm']]), priority: pick([1, 4]) }),
    () => say('makePromise', { promise: { text: 'I call you', maker: ana, inControl: true, latest: instant(50) } }),
    () => say('keepPromise', { promise }),
    () => say('movePromise', { promise, latest: instant(pick([100, 300])) }),
    () => say('breakPromise', { promise }),
    () => say('handOff', { to: second.by }),
    () => say('handOff', { to: second.by }),
    () => say('contact', { direction: 'from-customer', by: cleo }),
    () => say('contact'),
    () => say('addBystander', { bystander: pick(['dora', 'emil']) }),
    () => say('acknowledgeBystander', { bystander: pick(['dora', 'emil']) }),
    () => say('praise'),
    () => say('joinIncident', { incident }),
    () => say('withdraw'),
    () => say('remedyFailed'),
    () => say('merge', { into: incident }),
    () => say('approveRemedy', second),
    () => say(pick(['share', 'deliver', 'apologize', 'thank'])),
    () => ({ ...say('apologize'), responsibility: 'passed-on' }),
    () => ({ type: 'apologize' }),
  ])()
}
