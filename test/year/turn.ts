import { person } from 'redress'
import { promiseOf, step } from './duty.ts'
import type { Scene } from './scene.ts'
import { bot, staff } from './scene.ts'
import { always, type Move } from './slip.ts'

const DAYS = 24

const newest = ({ facts }: Scene): string => facts.promises.findLast((one) => one.state === 'open')?.id ?? 'p1'

const bystander = ({ facts, dice }: Scene): string => dice.pick(facts.bystanders ?? [])?.id ?? 'gil'

/** What real complaints do: promises, hand-offs, pauses, endings, others, holds, late news. */
export const turns: readonly Move[] = [
  // promises
  [5, (scene) => scene.say('makePromise', { promise: promiseOf(scene) })],
  [3, (scene) => scene.say('keepPromise', { promise: newest(scene) })],
  [2, (scene) => scene.say('keepPromise', { promise: newest(scene), at: scene.at(-20) })],
  [3, (scene) => scene.say('movePromise', { promise: newest(scene), latest: scene.at(DAYS * scene.dice.below(20)) })],
  [1, (scene) => scene.say('movePromise', { promise: newest(scene), consent: false, latest: scene.at(DAYS) })],
  [2, (scene) => scene.say('breakPromise', { promise: newest(scene) })],
  [4, (scene) => scene.say('reportAgain', { promise: newest(scene) })],
  // contacts, ours and theirs, and news of them that comes late
  [4, ({ say, complainant }) => say('contact', { by: complainant, direction: 'from-customer' })],
  [2, ({ say, complainant, at }) => say('contact', { by: complainant, direction: 'from-customer', at: at(-DAYS) })],
  [1, ({ say, complainant }) => say('contact', { by: complainant, direction: 'from-customer', asksForWriting: true })],
  [4, ({ say, owner }) => say('contact', { by: owner, words: 'We are at it, and call again.' })],
  [2, ({ say, owner, at, dice }) => say('contact', { by: owner, at: at(-1 - dice.below(60)) })],
  [2, ({ say, dice }) => say('contact', { by: bot, twoWay: false, channel: dice.pick(['mail', 'chat']) })],
  [2, ({ say, owner }) => say('contact', { by: owner, holding: true, words: 'It takes until May, because …' })],
  [3, ({ say, dice }) => say('attempt', { channel: dice.pick(['phone', 'mail']) })],
  [2, attemptsAndEnd],
  [2, ({ say, complainant }) => say('askWhy', { saidBy: complainant })],
  // the people
  [3, ({ say, second }) => say('handOff', { to: second })],
  [4, ({ say, facts, second }) => say('acceptHandOff', { by: facts.handOff ? person(facts.handOff.to) : second })],
  [1, ({ say, facts, second }) => say('declineHandOff', { by: facts.handOff ? person(facts.handOff.to) : second })],
  [
    1,
    ({ say, dice, facts }) => say('excludeOwner', { person: whom(facts.excluded ?? [], facts.owner, dice.below(3)) }),
  ],
  always(2, 'grantAuthority'),
  // waiting and ending
  [4, ({ say, dice }) => say('pause', { reason: dice.pick(['waiting-for-customer', 'customer-asked']) })],
  always(4, 'resume', { by: bot }),
  [1, ({ say, complainant }) => say('withdraw', { saidBy: complainant })],
  [1, ({ say, dice, others }) => say('merge', { into: dice.pick(others) ?? 'another' })],
  [2, ({ say, dice }) => say('refer', { to: dice.pick(['ombudsman', 'regulator']) })],
  [2, ({ say, dice }) => say('returnReferral', { decided: dice.chance(0.5) })],
  [2, ({ say, dice, others }) => say('joinIncident', { incident: dice.pick(others.slice(0, 3)) ?? 'another' })],
  always(1, 'reopen'),
  // others, and what is kept about them
  [2, ({ say, dice }) => say('addBystander', { bystander: dice.pick(['gil', 'hal', 'ida']) })],
  [2, (scene) => scene.say('acknowledgeBystander', { bystander: bystander(scene) })],
  always(2, 'praise'),
  always(1, 'contain'),
  always(1, 'findFault', { with: 'ours' }),
  always(1, 'setPriority', { priority: 4, reasons: ['volume'] }),
  [1, ({ say, complainant, dice }) => say('askTrust', { saidBy: complainant, yes: dice.chance(0.5) })],
  always(1, 'answer', { answers: { 'what-they-tried': { answer: 'They wrote, and wrote again.' } } }),
  always(2, 'placeHold'),
  always(3, 'liftHold'),
  // one call: a batch is judged in its own order, all or nothing
  [4, (scene) => (scene.due === undefined ? scene.say('praise') : [step(scene, scene.due), scene.say('praise')])],
  [2, ({ say, protocol }) => protocol.person.map(({ name }) => say(name))],
  [1, ({ say }) => [say('contain'), say('praise'), say('share')]],
]

/** Three attempts on three days, and the end of the talk. */
function attemptsAndEnd({ say, at }: Scene): readonly object[] {
  const tries = ['phone', 'mail', 'phone'].map((channel, day) => say('attempt', { channel, at: at((day - 2) * DAYS) }))
  return [...tries, say('declareUnreachable')]
}

/** The owner now and then; never so many that nobody is left. */
const whom = (excluded: readonly string[], owner: string | undefined, luck: number): string =>
  luck > 0 && owner !== undefined && excluded.length < 2 ? owner : (excluded[0] ?? staff[0]?.id ?? 'ana')
