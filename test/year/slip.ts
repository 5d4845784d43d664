import { group, machine } from 'redress'
import { promiseOf, step } from './duty.ts'
import type { Scene } from './scene.ts'
import { bot } from './scene.ts'

/** Something that somebody might do in a scene, and how often. */
export type Move = readonly [weight: number, move: (scene: Scene) => object | readonly object[]]

/** A command with this evidence, whatever the scene. */
export const always = (weight: number, name: string, other: object = {}): Move => [
  weight,
  ({ say }) => say(name, other),
]

/** The due step done wrong: each rule of evidence gets something to refuse. */
const wrong: Readonly<Record<string, readonly object[]>> = {
  own: [{ owner: group('billing') }, { owner: machine('bot') }],
  listen: [
    { talk: { customerSeconds: 10, ourSeconds: 60 } },
    { talk: { unmeasured: 'It came by letter.' } },
    { by: bot },
    { answers: { 'what-part': { answer: 'The box, not the bill.' } } },
  ],
  reflect: [{ customer: { answer: 'corrected', correction: 'It was empty, not late.' } }],
  apologize: [
    { responsibility: 'passed-on' },
    { explanation: 'The scale did it.' },
    { by: bot },
    { broadcast: true },
    { by: machine('ana') },
  ],
  empathize: [{ feeling: ' ' }],
  agree: [
    { promises: [] },
    { promises: [{ text: 'Some day, surely', maker: bot, inControl: true }] },
    { accepted: { customer: true, organisation: false } },
  ],
  deliver: [{ kept: [] }, { kept: ['p99'] }],
  confirm: [{ saidBy: bot }, { resolved: 'no' }, { resolved: 'partly' }],
  surprise: [{ inAddition: false }, { cost: 900 }],
  investigate: [{ staffSide: undefined }, { answers: { 'why-checked-in': { yes: false } } }],
  improve: [{ changes: [{ text: 'Weigh it some day' }] }, { keepDoing: [], answers: {} }],
}

/** The due step, with something wrong about it. */
function blunder(scene: Scene): object {
  if (scene.due === undefined) return scene.say('deliver')
  const others = wrong[scene.due] ?? [{ by: bot }, { by: scene.second }]
  return { ...step(scene, scene.due), ...scene.marked(scene.dice.pick(others)) }
}

/** Those who mean well, and do it in the wrong order, in the wrong way, or not themselves. */
export const slips: readonly Move[] = [
  [20, blunder],
  [5, ({ dice, say, protocol }) => say(dice.pick(protocol.steps).name)],
  [3, (scene) => step(scene, scene.dice.pick(['agree', 'deliver', 'investigate']))],
  [3, (scene) => ({ ...step(scene, scene.due ?? 'share'), by: scene.second })],
  [2, (scene) => scene.say('makePromise', { promise: promiseOf(scene, scene.dice.pick([{ inControl: false }, {}])) })],
  [
    1,
    (scene) => {
      const window = { earliest: scene.at(24), latest: scene.at(48), nextUpdateBy: undefined }
      const early = scene.say('keepPromise', { promise: `p${scene.facts.promises.length + 1}` })
      return [scene.say('makePromise', { promise: promiseOf(scene, window) }), early]
    },
  ],
  [2, ({ say, due, owner, second, dice }) => say('waive', { step: due ?? 'listen', by: dice.pick([owner, second]) })],
  [2, ({ say, dice, owner, second }) => say('approveRemedy', { by: dice.pick([owner, second]) })],
  [
    1,
    ({ say, owner, complainant, dice }) =>
      say('remedyFailed', { saidBy: dice.pick([owner, complainant, complainant]) }),
  ],
  [1, ({ say, second }) => say('waive', { step: 'agree', by: second })],
  [2, ({ say, second }) => say('handOff', { by: second, to: second })],
  [1, ({ say, facts }) => say('handOff', { to: { kind: 'person', id: facts.excluded?.[0] ?? 'ana' } })],
  [1, ({ say, dice }) => say('setPriority', { priority: 1, reasons: dice.pick([['reach', 'volume'], ['harm']]) })],
  [1, ({ say, owner, complainant, dice }) => say('askTrust', { saidBy: dice.pick([owner, complainant]) })],
  [1, ({ say, owner }) => say('askWhy', { saidBy: owner })],
  [1, ({ say, dice }) => say('findFault', { with: dice.pick(['ours', 'third-party', 'customer', 'customer']) })],
  [1, ({ say, at, dice }) => say('contain', { at: at(dice.pick([-24 * 40, -5])) })],
  [1, ({ say, complainant }) => say('thank', { by: complainant })],
  always(3, 'explain'),
  always(3, 'explain', { alreadyGiven: true }),
  always(1, 'handOff', { to: group('billing') }),
  always(1, 'resume'),
  always(1, 'liftHold'),
  always(1, 'returnReferral', { decided: true }),
  always(1, 'acknowledgeBystander', { bystander: 'nobody' }),
  always(1, 'answer', { answers: { 'why-checked-in': { yes: true } } }),
  always(1, 'answer', { answers: { 'what-exactly': { answer: 'The parcel was empty.' } }, by: bot }),
  always(1, 'contact', { by: bot, stated: 'date' }),
  always(1, 'contact', { by: bot, stated: 'status', basis: { promise: 'p1' } }),
  always(1, 'withdraw', { saidBy: bot }),
  always(1, 'declareUnreachable'),
  always(1, 'reopen'),
  always(1, 'keepPromise', { promise: 'p1' }),
  always(1, 'nothing-of-ours'),
  always(1, 'changeFailed', { cause: 'packing', caseId: 'x' }),
]
